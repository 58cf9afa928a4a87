import type { Query } from '@lathe/cloud'

/** `application/x-www-form-urlencoded` text as an object; repeated names become arrays. */
export function parseQuery(text: string): Query {
  const query: Query = {}
  for (const [name, value] of new URLSearchParams(text)) {
    // A visitor must not be able to reach the prototype through a name.
    if (name === '__proto__') continue
    const known = Object.hasOwn(query, name) ? query[name] : undefined
    if (known === undefined) query[name] = value
    else if (Array.isArray(known)) known.push(value)
    else query[name] = [known, value]
  }
  return query
}
