import type { RequestCounts } from '@lathe/shared'
import { LATENCY_BUCKETS, latencyBucket } from '@lathe/shared/latency'

/** What one function did in one minute, being counted. */
class Counting {
  readonly minute: number
  readonly functionName: string
  requests = 0
  errors = 0
  clientErrors = 0
  unrecorded = 0
  durationMs = 0
  readonly latency = new Uint32Array(LATENCY_BUCKETS)

  constructor(minute: number, functionName: string) {
    this.minute = minute
    this.functionName = functionName
  }

  toMessage(): RequestCounts {
    const latency: [number, number][] = []
    for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
      if (this.latency[bucket]! > 0) latency.push([bucket, this.latency[bucket]!])
    }
    const { minute, functionName, requests, errors, clientErrors, unrecorded, durationMs } = this
    return { minute, functionName, requests, errors, clientErrors, unrecorded, durationMs, latency }
  }
}

/** Counts every request exactly, whether or not a record of it is sent. */
export class RequestCounter {
  #minute = 0
  readonly #byName = new Map<string, Counting>()
  #done: RequestCounts[] = []

  /** @param at milliseconds since the epoch, when the request began */
  add(at: number, functionName: string, status: number, durationMs: number, recorded: boolean): void {
    const minute = Math.floor(at / 60_000)
    if (minute > this.#minute) {
      this.#close()
      this.#minute = minute
    }
    let counting = this.#byName.get(functionName)
    if (counting === undefined) {
      counting = new Counting(this.#minute, functionName)
      this.#byName.set(functionName, counting)
    }
    counting.requests++
    if (status >= 500) counting.errors++
    else if (status >= 400) counting.clientErrors++
    if (!recorded) counting.unrecorded++
    counting.durationMs += durationMs
    counting.latency[latencyBucket(durationMs)]!++
  }

  /** Takes what was counted since the last call. */
  take(): RequestCounts[] {
    this.#close()
    const done = this.#done
    this.#done = []
    return done
  }

  #close(): void {
    for (const counting of this.#byName.values()) this.#done.push(counting.toMessage())
    this.#byName.clear()
  }
}
