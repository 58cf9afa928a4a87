import { type JSONValue, jsonpath } from 'json-p3'

/** The value without what these JSONPath queries (RFC 9535) find in it; the value itself stays as it is. */
export function withoutPaths(value: unknown, paths: string[]): unknown {
  if (paths.length === 0) return value
  const copy = structuredClone(value) as JSONValue
  for (const path of paths) {
    const places = [...jsonpath.query(path, copy)].map(({ location }) => location)
    // From the end: what is taken out of a list moves what is behind it.
    for (const place of places.reverse()) remove(copy, place)
  }
  return copy
}

function remove(root: unknown, place: (string | number)[]): void {
  const parent = place.slice(0, -1).reduce<unknown>((at, key) => (at as never)?.[key], root)
  const last = place.at(-1)
  if (last === undefined) return
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else if (typeof parent === 'object' && parent !== null) delete (parent as Record<string, unknown>)[last]
}
