import { limits } from '@lathe/shared'
import { ObjectId } from 'mongodb'

/**
 * Lines and invocations have ids in the order of their arrival here, which begin with the time of it. They arrive after
 * they happened: later by the time a request takes, or by the time that the api was away.
 */
const LATE_MS = limits.functionTimeoutMaxMs + 60_000
/** How much a runtime's clock may be ahead of ours. */
const SKEW_MS = 60_000

export function nextId(): string {
  return new ObjectId().toHexString()
}

/** Bounds of the ids of what happened between two moments (ISO 8601), for an index that ends with `_id`. */
export function idRange(
  from: string | undefined,
  to: string | undefined,
  cursor: string | undefined,
): { $gte?: string; $lt?: string } {
  const upper = [to === undefined ? undefined : idAt(Date.parse(to) + LATE_MS), cursor]
    .filter((id) => id !== undefined)
    .sort()[0]
  return {
    ...(from === undefined ? {} : { $gte: idAt(Date.parse(from) - SKEW_MS) }),
    ...(upper === undefined ? {} : { $lt: upper }),
  }
}

/** The ids of what surely happened before a moment. */
export function idsBefore(moment: Date): { $lt: string } {
  return { $lt: idAt(moment.getTime() - SKEW_MS) }
}

/** The filter for what happened between two moments. */
export function timeRange(
  from: string | undefined,
  to: string | undefined,
): { at?: { $gte?: Date; $lt?: Date } } {
  if (from === undefined && to === undefined) return {}
  return {
    at: {
      ...(from === undefined ? {} : { $gte: new Date(from) }),
      ...(to === undefined ? {} : { $lt: new Date(to) }),
    },
  }
}

function idAt(ms: number): string {
  const seconds = Math.min(Math.max(Math.floor(ms / 1000), 0), 0xffffffff)
  return seconds.toString(16).padStart(8, '0').padEnd(24, '0')
}
