import { once } from 'node:events'
import { type MessagePort, Worker } from 'node:worker_threads'
import type { RuntimeEnv } from '@lathe/shared'
import type { KeeperData } from './bridge/protocol.ts'
import { SHARED_BYTES } from './bridge/shared-state.ts'

export interface StartedKeeper {
  thread: Worker
  /** Main's end of what the two say to each other; the keeper hears what was said before it came up. */
  port: MessagePort
  /** See `bridge/shared-state.ts`. */
  shared: SharedArrayBuffer
}

/**
 * Starts the second thread; it comes up while main loads its own modules. The keeper alone gets the instance token: by
 * the time the app's code runs, no copy is left in this thread.
 * @param env null when the keeper is going to hear from the supervisor whose runtime this becomes
 */
export function startKeeper(env: RuntimeEnv | null): StartedKeeper {
  const { port1, port2 } = new MessageChannel()
  const shared = new SharedArrayBuffer(SHARED_BYTES)
  const thread = new Worker(new URL('./keeper.js', import.meta.url), {
    workerData: { env, port: port2, shared } satisfies KeeperData,
    transferList: [port2],
    env: {},
    // Its own heap: what the app allocates must not be able to starve it. It allocates little at a time.
    resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 2 },
  })
  // The thread has been given its copy.
  if (env) env.LATHE_INSTANCE_TOKEN = ''
  return { thread, port: port1 as MessagePort, shared }
}

/** The keeper of a process that was started ahead is up, and listens to the supervisor. */
export async function keeperWaits({ thread }: StartedKeeper): Promise<void> {
  await once(thread, 'message')
}

/** What the keeper was told, without the token. */
export async function envFromKeeper({ thread }: StartedKeeper): Promise<RuntimeEnv> {
  const [env] = (await once(thread, 'message')) as [RuntimeEnv]
  return env
}
