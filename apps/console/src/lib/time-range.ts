import { given, oneOf, type Search, text } from './search-params.ts'

/** Stretches of time that end now, as they stand in addresses. */
export const ranges = ['15m', '1h', '6h', '1d', '7d', '30d'] as const
export type Range = (typeof ranges)[number]

const MINUTE_MS = 60_000
const lengths: Record<Range, number> = {
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '6h': 360 * MINUTE_MS,
  '1d': 1_440 * MINUTE_MS,
  '7d': 7 * 1_440 * MINUTE_MS,
  '30d': 30 * 1_440 * MINUTE_MS,
}

/** A time as addresses have it: a range that ends now, or two moments (ISO 8601). */
export interface TimeSearch {
  range?: Range | undefined
  from?: string | undefined
  to?: string | undefined
}

export function timeSearch(search: Search): TimeSearch {
  return {
    ...given('range', oneOf(search, 'range', ranges)),
    ...given('from', instant(search, 'from')),
    ...given('to', instant(search, 'to')),
  }
}

function instant(search: Search, key: string): string | undefined {
  const ms = Date.parse(text(search, key) ?? '')
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

/** The two moments that a time stands for; without any, all that there is. */
export function momentsOf({ range, from, to }: TimeSearch, now: number): { from?: string; to?: string } {
  if (from !== undefined || to !== undefined) {
    return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  }
  return range === undefined ? {} : { from: new Date(now - lengths[range]).toISOString() }
}
