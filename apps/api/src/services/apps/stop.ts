import type { AppView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from './scope.ts'
import { appView } from './view.ts'

/** Wants the app to be stopped. The answer does not wait for the runtime, which finishes what it has. */
export async function stopApp(
  request: SignedRequest,
  { appid }: z.infer<typeof inputs.app>,
): Promise<AppView> {
  const { mongo, reconciler } = request.context
  const app = livingAppOf(request, appid)
  if (app.state === 'stopped') return appView(request.context, app)
  const wanted = { state: 'stopped', phase: 'stopping', phaseError: null } as const
  await mongo.apps.updateOne({ _id: appid, phase: { $ne: 'deleting' } }, { $set: wanted })
  const actor = reconciler.actor(appid)
  actor.forgive()
  actor.kick({ interrupt: true })
  return appView(request.context, { ...app, ...wanted })
}
