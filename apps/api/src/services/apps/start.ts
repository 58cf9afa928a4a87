import type { AppView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from './scope.ts'
import { appView } from './view.ts'

/** Wants the app to run, whatever went wrong before. The answer does not wait for the runtime. */
export async function startApp(
  request: SignedRequest,
  { appid }: z.infer<typeof inputs.app>,
): Promise<AppView> {
  const { mongo, reconciler } = request.context
  const app = livingAppOf(request, appid)
  const isUp = app.state === 'running' && app.phase !== 'failed' && app.phase !== 'sleeping'
  if (isUp) return appView(request.context, app)
  const wanted = { state: 'running', phase: 'starting', phaseError: null } as const
  await mongo.apps.updateOne({ _id: appid, phase: { $ne: 'deleting' } }, { $set: wanted })
  const actor = reconciler.actor(appid)
  actor.forgive()
  await actor.kickAndRoute()
  return appView(request.context, { ...app, ...wanted })
}
