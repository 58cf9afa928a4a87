import { isDeepStrictEqual } from 'node:util'

/** Whether two JSON values are the same, in whatever order the fields of their objects stand. */
export function deepEqual(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b)
}

/** JSON by lines, fields in order of their names: two equal values are equal texts. */
export function pretty(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(sorted(value), null, 2)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  )
}
