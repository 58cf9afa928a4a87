/** Readers of an address' search part: what is not as it should be is left out, never an error. */
export type Search = Record<string, unknown>

export function text(search: Search, key: string): string | undefined {
  const value = search[key]
  // The router reads `q=42` as a number.
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

export function count(search: Search, key: string): number | undefined {
  const value = Number(search[key])
  return Number.isInteger(value) && value > 0 ? value : undefined
}

export function oneOf<const T extends string>(
  search: Search,
  key: string,
  values: readonly T[],
): T | undefined {
  return values.find((value) => value === search[key])
}

/** `{ key: value }`, or nothing at all where there is no value. */
export function given<const K extends string, V>(key: K, value: V | undefined): { [P in K]?: V | undefined } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V | undefined }
}
