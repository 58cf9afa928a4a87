import type { RequestCounts } from '@lathe/shared'

/** One message carries at most this many, and so many are kept while the api is away. */
const LIMIT = 5_000

/** Counts that wait for the channel: those of the same minute and function add up, so that nothing is lost. */
export class CountsBox {
  #counts = new Map<string, RequestCounts>()

  add(counts: readonly RequestCounts[]): void {
    for (const each of counts) {
      const key = `${each.minute} ${each.functionName}`
      const known = this.#counts.get(key)
      if (known) this.#counts.set(key, sum(known, each))
      else {
        // Beyond the limit the oldest minutes go.
        if (this.#counts.size >= LIMIT) this.#counts.delete(this.#counts.keys().next().value!)
        this.#counts.set(key, each)
      }
    }
  }

  get empty(): boolean {
    return this.#counts.size === 0
  }

  take(): RequestCounts[] {
    const counts = [...this.#counts.values()]
    this.#counts = new Map()
    return counts
  }
}

function sum(a: RequestCounts, b: RequestCounts): RequestCounts {
  const latency = new Map(a.latency)
  for (const [bucket, count] of b.latency) latency.set(bucket, (latency.get(bucket) ?? 0) + count)
  return {
    minute: a.minute,
    functionName: a.functionName,
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    clientErrors: a.clientErrors + b.clientErrors,
    unrecorded: a.unrecorded + b.unrecorded,
    durationMs: a.durationMs + b.durationMs,
    latency: [...latency],
  }
}
