import type { RuntimeExit } from '../drivers/runtime/runtime-driver.ts'

/** One runtime process (or container) as the reconciler sees it. */
export interface Instance {
  readonly id: string
  readonly appid: string
  status: 'starting' | 'serving' | 'retiring'
  /** When it became ready, in milliseconds of the monotonic clock. */
  servingSince: number | null
  /** Why it shall be replaced by a fresh one. */
  replaceBecause: string | null
  readonly ready: Promise<void>
  readonly exited: Promise<RuntimeExit>
  markReady(): void
  markExited(exit: RuntimeExit): void
}

export function createInstance(id: string, appid: string): Instance {
  const ready = Promise.withResolvers<void>()
  const exited = Promise.withResolvers<RuntimeExit>()
  return {
    id,
    appid,
    status: 'starting',
    servingSince: null,
    replaceBecause: null,
    ready: ready.promise,
    exited: exited.promise,
    markReady: ready.resolve,
    markExited: exited.resolve,
  }
}
