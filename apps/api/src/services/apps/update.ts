import { type AppSettings, type AppView, type inputs, usualSettings } from '@lathe/shared'
import type { z } from 'zod'
import { idsBefore } from '../../logs/order.ts'
import { DAY_MS } from '../../logs/retention.ts'
import type { AppDoc } from '../../mongo/documents.ts'
import { repeatable } from '../../mongo/errors.ts'
import { settingsOf } from '../../reconciler/app-route.ts'
import { notFound, Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from './scope.ts'
import { appView } from './view.ts'

/**
 * Changes an app's settings: what is not named stays. They are in force when this answers; another memory limit takes a
 * fresh runtime beside the one that serves, and no request is lost to it.
 * @throws Refusal RUNTIME_UNAVAILABLE when no runtime starts with the memory limit, which then stays as it was
 */
export async function updateApp(
  request: SignedRequest,
  { appid, ...changes }: z.infer<typeof inputs.appsUpdate>,
): Promise<AppView> {
  const { context } = request
  const app = livingAppOf(request, appid)
  const before = settingsOf(app)
  if (Object.values(changes).every((value) => value === undefined)) return appView(context, app)
  const updated = await write(request, appid, changes)
  const actor = context.reconciler.actor(appid)
  await actor.settle()
  context.logs.retention.set(appid, settingsOf(updated))
  if (settingsOf(updated).keepLogsDays < before.keepLogsDays)
    await forget(request, appid, settingsOf(updated))
  if (settingsOf(updated).memoryMb !== before.memoryMb) {
    const refused = await actor.replace('its memory limit changed')
    if (refused !== null) {
      await write(request, appid, { memoryMb: before.memoryMb })
      const message = `The new runtime did not start; the old one goes on with its limit. ${refused}`
      throw new Refusal('RUNTIME_UNAVAILABLE', message)
    }
  }
  return appView(context, updated)
}

/** What is older than it may be by now goes at once, and not when it would have gone. */
async function forget(
  { context: { mongo, logs } }: SignedRequest,
  appid: string,
  { keepLogsDays }: AppSettings,
): Promise<void> {
  await logs.flush()
  const old = { appid, _id: idsBefore(new Date(Date.now() - keepLogsDays * DAY_MS)) }
  await Promise.all([mongo.logs.deleteMany(old), mongo.invocations.deleteMany(old)])
}

async function write(
  { context, caller, requestId }: SignedRequest,
  appid: string,
  changes: Omit<z.infer<typeof inputs.appsUpdate>, 'appid'>,
): Promise<AppDoc> {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  const place = (name: string) => (name in usualSettings ? `settings.${name}` : name)
  const set = Object.fromEntries(given.map(([name, value]) => [place(name), value]))
  const updated = await repeatable(() =>
    context.mongo.apps.findOneAndUpdate(
      { _id: appid, phase: { $ne: 'deleting' } },
      { $set: set },
      { returnDocument: 'after' },
    ),
  )
  if (!updated) throw notFound('app', appid)
  context.log.info({ appid, requestId, userId: caller.userId, ...set }, 'app settings changed')
  return updated
}
