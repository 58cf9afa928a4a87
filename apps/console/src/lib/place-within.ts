const HERE = 'https://lathe.invalid'

/**
 * The place of this console that a link names, or undefined: where to go on after a sign-in comes from the address, which
 * anybody can write. Browsers read `//host`, `/\host` and the like as other sites, and so does their own parser.
 */
export function placeWithin(text: string | undefined): string | undefined {
  if (!text?.startsWith('/') || !URL.canParse(text, HERE)) return undefined
  const { origin, pathname, search, hash } = new URL(text, HERE)
  const place = pathname + search + hash
  return origin === HERE && !place.startsWith('//') ? place : undefined
}

/** The line that `#L12` (or `#L12C3`, `#L12-L20`) names. */
export function lineIn(hash: string): number | undefined {
  const line = Number(/^L(\d{1,7})(?:\D|$)/.exec(hash.replace('#', ''))?.[1])
  return line > 0 ? line : undefined
}
