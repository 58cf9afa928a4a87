import type { FiringReason, FiringView, triggerInputs } from '@lathe/shared'
import type { z } from 'zod'
import { notFound, Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { obstacleOf } from '../../triggers/call.ts'
import { livingAppOf } from '../apps/scope.ts'
import { triggerOf } from './scope.ts'
import { firingView } from './view.ts'

/** Calls the trigger's function now, as a tick would. Answers when it has begun; the history says what came of it. */
export async function runTrigger(
  request: SignedRequest,
  { appid, id }: z.infer<typeof triggerInputs.one>,
): Promise<FiringView> {
  const { context, caller } = request
  const { phase } = livingAppOf(request, appid)
  const trigger = await triggerOf(context.mongo, appid, id)
  const reason = await obstacleOf(context, trigger)
  if (reason) throw refusalOf(reason, trigger.functionName, phase)
  return firingView(await context.triggers.fireNow(trigger, caller.name))
}

function refusalOf(reason: FiringReason, name: string, phase: string): Refusal {
  switch (reason) {
    case 'FUNCTION_DELETED':
      return notFound('function', name)
    case 'NOT_PUBLISHED':
      return new Refusal('NOT_PUBLISHED', `${name} is not published yet: publish it first.`, { name })
    case 'APP_FAILED':
      return new Refusal('APP_NOT_RUNNING', 'The app has failed: look at its error.', { phase })
    default:
      return new Refusal('APP_NOT_RUNNING', 'The app is stopped: start it.', { phase })
  }
}
