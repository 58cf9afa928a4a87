import type { Route } from '@lathe/shared'
import type { RuntimeDriver, RuntimeExit } from '../drivers/runtime/runtime-driver.ts'

/** One runtime process (or container) as the reconciler sees it. */
export interface Instance {
  readonly id: string
  readonly appid: string
  /** `beside`: a side runtime that is ready; it serves no visitor. */
  status: 'starting' | 'serving' | 'beside' | 'retiring'
  /** When it became ready, in milliseconds of the monotonic clock. */
  servingSince: number | null
  /** Why it shall be replaced by a fresh one. */
  replaceBecause: string | null
  hasExited: boolean
  readonly ready: Promise<void>
  readonly exited: Promise<RuntimeExit>
  markReady(): void
  markExited(exit: RuntimeExit): void
}

export function createInstance(id: string, appid: string): Instance {
  const ready = Promise.withResolvers<void>()
  const exited = Promise.withResolvers<RuntimeExit>()
  const instance: Instance = {
    id,
    appid,
    status: 'starting',
    servingSince: null,
    replaceBecause: null,
    hasExited: false,
    ready: ready.promise,
    exited: exited.promise,
    markReady: ready.resolve,
    markExited(exit) {
      instance.hasExited = true
      exited.resolve(exit)
    },
  }
  return instance
}

/** Where gateways find the replicas of an instance. */
export function upstreamsOf(driver: RuntimeDriver, { id, appid }: Instance): Route['upstreams'] {
  return driver.upstreams(appid, id).map((upstream) => ({ instanceId: id, upstream }))
}
