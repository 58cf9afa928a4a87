import { dropAppDatabase } from '../mongo/app-database.ts'
import type { ReconcilerParts } from './parts.ts'

/**
 * Removes everything that belongs to an app. Its own record goes last: as long as that is there with phase
 * `deleting`, a crash in the middle is followed by another try.
 */
export async function deleteApp(
  { mongo, gateway, driver, channels, packages }: ReconcilerParts,
  appid: string,
): Promise<void> {
  await gateway.removeRoute(appid)
  await dropAppDatabase(mongo.client, appid)
  await packages.removeApp(appid)
  await driver.removeApp(appid)
  // With the app's lock: a publish that was under way has ended before its revision is removed.
  await channels.exclusive(appid, async () => {
    await mongo.functions.deleteMany({ appid })
    await mongo.revisions.deleteMany({ appid })
    await mongo.runtimes.deleteMany({ appid })
    await mongo.logs.deleteMany({ appid })
    await mongo.invocations.deleteMany({ appid })
    await mongo.metrics.deleteMany({ appid })
    await mongo.env.deleteOne({ _id: appid })
    await mongo.cases.deleteMany({ appid })
    await mongo.runs.deleteMany({ appid })
    await mongo.variableSets.deleteMany({ appid })
    await mongo.triggers.deleteMany({ appid })
    await mongo.firings.deleteMany({ appid })
    await mongo.comments.deleteMany({ appid })
    await mongo.presence.deleteMany({ appid })
  })
  await mongo.apps.deleteOne({ _id: appid })
}
