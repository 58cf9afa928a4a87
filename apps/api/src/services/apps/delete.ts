import type { inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { Context } from '../../context.ts'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from './scope.ts'

/**
 * Deletes the app and everything it has, its database included, once its name was typed. Answers when all is gone;
 * from the moment the intent is written, nothing but completion ends it.
 */
export async function deleteApp(
  request: SignedRequest,
  { appid, confirmName }: z.infer<typeof inputs.appsDelete>,
): Promise<{ appid: string }> {
  const app = appOf(request, appid)
  if (confirmName !== app.name) {
    throw new Refusal('CONFIRMATION_MISMATCH', `Type the app's name, ${app.name}, to delete it.`, {
      expected: app.name,
    })
  }
  await removeApp(request.context, appid)
  return { appid }
}

/** Answers when the app and everything it has is gone. */
export async function removeApp({ mongo, reconciler }: Context, appid: string): Promise<void> {
  await mongo.apps.updateOne({ _id: appid }, { $set: { state: 'stopped', phase: 'deleting' } })
  const actor = reconciler.actor(appid)
  actor.kick({ interrupt: true })
  await actor.until((found) => found === null)
}
