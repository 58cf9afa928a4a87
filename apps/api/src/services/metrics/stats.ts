import { LATENCY_BUCKETS, latencyQuantile, type RequestStats } from '@lathe/shared'
import type { MetricsDoc } from '../../mongo/observed.ts'

/** Requests of any number of roll-ups. */
export interface Sum {
  requests: number
  errors: number
  clientErrors: number
  latency: number[]
}

export function emptySum(): Sum {
  return { requests: 0, errors: 0, clientErrors: 0, latency: new Array<number>(LATENCY_BUCKETS).fill(0) }
}

export function addDoc(
  sum: Sum,
  doc: Pick<MetricsDoc, 'requests' | 'errors' | 'clientErrors' | 'latency'>,
): void {
  sum.requests += doc.requests
  sum.errors += doc.errors
  sum.clientErrors += doc.clientErrors
  for (const [bucket, count] of Object.entries(doc.latency ?? {})) {
    sum.latency[Number(bucket)] = (sum.latency[Number(bucket)] ?? 0) + count
  }
}

export function statsOf({ requests, errors, clientErrors, latency }: Sum): RequestStats {
  return {
    requests,
    errors,
    clientErrors,
    p50: rounded(latencyQuantile(latency, 0.5)),
    p95: rounded(latencyQuantile(latency, 0.95)),
    p99: rounded(latencyQuantile(latency, 0.99)),
  }
}

/** Three figures: more would say what the histogram does not know. */
function rounded(ms: number | null): number | null {
  return ms === null ? null : Number(ms.toPrecision(3))
}
