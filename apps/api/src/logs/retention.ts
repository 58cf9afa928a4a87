const DAY_MS = 24 * 3600_000

/** How long lines and records of requests are kept; the database removes them afterwards. */
const KEEP_MS = 7 * DAY_MS

/** What one app may keep within that time; beyond it the oldest go. */
export const kept = { lines: 1_000_000, records: 200_000 } as const

export function logExpiry(now = Date.now()): Date {
  return new Date(now + KEEP_MS)
}
