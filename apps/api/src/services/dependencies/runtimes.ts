import type { RuntimeChannels } from '../../control/runtime-channels.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import type { Reconciler } from '../../reconciler/reconciler.ts'
import type { Runtimes } from './changes.ts'

/** The runtimes of apps, as changes of packages need them. */
export function packageRuntimes(mongo: Mongo, reconciler: Reconciler, channels: RuntimeChannels): Runtimes {
  /** A runtime that imports from another generation than the one that counts. */
  const stale = (appid: string, generation: string) =>
    mongo.runtimes.findOne({
      appid,
      status: { $ne: 'retiring' },
      side: { $exists: false },
      generation: { $ne: generation },
    })

  const replaceOnce = async (appid: string): Promise<string | null> => {
    const actor = reconciler.actor(appid)
    if (actor.serving) return actor.replace('its packages changed')
    // It is being started, perhaps with what was there before: once it serves, it is looked at again.
    await actor.until((app) => app === null || (app.phase !== 'starting' && app.phase !== 'creating'))
    return null
  }

  return {
    async replace(appid, generation, signal) {
      const aborted = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
      aborted.catch(() => {})
      while (await stale(appid, generation)) {
        signal.throwIfAborted()
        const refused = await Promise.race([replaceOnce(appid), aborted])
        if (refused !== null) return refused
      }
      return null
    },
    async retryBroken(appid) {
      for (const channel of channels.ready(appid)) {
        if (channel.broken.size > 0) await channels.exclusive(appid, () => channels.sync(channel))
      }
    },
  }
}

/** Replaces runtimes that an earlier server has left with packages that are not the app's any more. */
export async function replaceStale(mongo: Mongo, reconciler: Reconciler): Promise<void> {
  const running = await mongo.runtimes.find({ status: 'ready', generation: { $exists: true } }).toArray()
  for (const { appid, generation } of running) {
    const doc = await mongo.dependencies.findOne({ _id: appid }, { projection: { generation: 1 } })
    if (doc && doc.generation !== generation) void reconciler.actor(appid).replace('its packages changed')
  }
}
