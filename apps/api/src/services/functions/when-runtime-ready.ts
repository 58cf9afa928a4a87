import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '../../context.ts'
import type { AppDoc } from '../../mongo/documents.ts'

const STARTING_MS = 5_000
const LOOK_MS = 25

/** Waits a little for the runtime of an app that is just starting, or sleeps; not for one that is stopped or has failed. */
export async function whenRuntimeReady(context: Context, { _id, state, phase }: AppDoc): Promise<boolean> {
  const { channels, reconciler } = context
  const mayCome = state === 'running' && phase !== 'failed'
  if (mayCome && channels.ready(_id).length === 0) await reconciler.actor(_id).wake()
  for (let waited = 0; waited <= STARTING_MS; waited += LOOK_MS) {
    if (channels.ready(_id).length > 0) return true
    if (!mayCome) return false
    await delay(LOOK_MS)
  }
  return false
}
