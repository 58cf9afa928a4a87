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
 */
export function startKeeper(env: RuntimeEnv): StartedKeeper {
  const { port1, port2 } = new MessageChannel()
  const shared = new SharedArrayBuffer(SHARED_BYTES)
  const workerData: KeeperData = {
    appid: env.LATHE_APPID,
    instanceId: env.LATHE_INSTANCE_ID,
    instanceToken: env.LATHE_INSTANCE_TOKEN,
    controlSocket: env.LATHE_CONTROL_SOCKET,
    appDir: env.LATHE_APP_DIR,
    isolation: env.LATHE_ISOLATION.split(',').filter(Boolean),
    side: env.LATHE_SIDE ?? null,
    port: port2,
    shared,
  }
  const thread = new Worker(new URL('./keeper.js', import.meta.url), {
    workerData,
    transferList: [port2],
    env: {},
    // Its own heap: what the app allocates must not be able to starve it.
    resourceLimits: { maxOldGenerationSizeMb: 192 },
  })
  // The thread has been given its copy.
  env.LATHE_INSTANCE_TOKEN = ''
  workerData.instanceToken = ''
  return { thread, port: port1 as MessagePort, shared }
}
