import type { AppView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from './scope.ts'
import { startApp } from './start.ts'
import { appView } from './view.ts'

/**
 * Puts a fresh runtime in the place of the running one, without a failed request; answers when it serves. An app
 * that is not running is started.
 */
export async function restartApp(
  request: SignedRequest,
  { appid }: z.infer<typeof inputs.app>,
): Promise<AppView> {
  const { context } = request
  const app = livingAppOf(request, appid)
  const actor = context.reconciler.actor(appid)
  if (app.state === 'stopped' || app.phase === 'failed' || !actor.serving) return startApp(request, { appid })
  const error = await actor.replace('restart')
  if (error !== null) {
    throw new Refusal('RUNTIME_UNAVAILABLE', `The new runtime did not start; the old one goes on. ${error}`)
  }
  return appView(context, (await context.mongo.apps.findOne({ _id: appid })) ?? app)
}
