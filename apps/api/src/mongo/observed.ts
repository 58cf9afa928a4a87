import type { Invocation } from '@lathe/shared'

/** A record of one handled request. */
export interface InvocationDoc extends Omit<Invocation, 'at'> {
  /** Order of arrival. */
  _id: string
  appid: string
  instanceId: string
  at: Date
  /** The first digit of the status. */
  statusClass: number
  expiresAt: Date
}

/** A roll-up: what a function, or a whole app (`functionName` ''), did in one minute, hour or day (UTC). */
export interface MetricsDoc {
  /** Made of app, resolution, time and function: see metrics/buckets.ts. */
  _id: string
  appid: string
  resolution: 'minute' | 'hour' | 'day'
  functionName: string
  /** When it begins. */
  at: Date
  expiresAt: Date
  requests: number
  /** Status 500 and above. */
  errors: number
  clientErrors: number
  /** Requests without a record in `invocations`. */
  unrecorded: number
  /** Sum over all requests. */
  durationMs: number
  /** Requests by latency bucket: packages/shared/src/metrics.ts. */
  latency?: Record<string, number>
  /** Of whole apps: starts while no runtime served. */
  coldStarts?: number
  /** Of whole apps: the largest resident memory of a runtime. */
  memoryBytes?: number
  /** Of whole apps: processor time that runtimes used, and the time over which that was. */
  cpuMs?: number
  upMs?: number
  /** Of whole apps: lines and records that were stored. */
  lines?: number
  records?: number
  /** Of hours of whole apps: requests and errors by minute. */
  minutes?: Record<string, { requests?: number; errors?: number }>
}
