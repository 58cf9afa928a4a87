import type { RequestCounts } from '@lathe/shared'

/** Numbers that belong together and add up: of one function, or a whole app, in some time. */
export interface Tally {
  requests: number
  errors: number
  clientErrors: number
  unrecorded: number
  durationMs: number
  /** By latency bucket. */
  latency: Map<number, number>
}

export function emptyTally(): Tally {
  return { requests: 0, errors: 0, clientErrors: 0, unrecorded: 0, durationMs: 0, latency: new Map() }
}

type Given = Omit<Tally, 'latency'> & { latency: Iterable<[number, number]> }

export function addTo(tally: Tally, given: Given | RequestCounts): void {
  tally.requests += given.requests
  tally.errors += given.errors
  tally.clientErrors += given.clientErrors
  tally.unrecorded += given.unrecorded
  tally.durationMs += given.durationMs
  for (const [bucket, count] of given.latency) {
    tally.latency.set(bucket, (tally.latency.get(bucket) ?? 0) + count)
  }
}
