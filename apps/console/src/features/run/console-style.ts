import type { CSSProperties } from 'react'

/** What `%c` may change, and how a value of it looks. Nothing that loads, moves or covers anything. */
const COLOR = /^(#[0-9a-f]{3,8}|[a-z]+|(rgb|hsl|hwb|lab|lch|oklab|oklch)a?\([\d\s.,%/a-z-]*\))$/i
const WORDS = /^[a-z0-9 -]+$/i
const SMALL = /^((^|\s)(0|\d{1,2}px|0?\.\d+em)){1,4}$/
const allowed = new Map<string, [name: keyof CSSProperties, value: RegExp]>([
  ['color', ['color', COLOR]],
  ['background', ['background', COLOR]],
  ['background-color', ['backgroundColor', COLOR]],
  ['font-weight', ['fontWeight', WORDS]],
  ['font-style', ['fontStyle', WORDS]],
  ['text-decoration', ['textDecoration', WORDS]],
  ['text-transform', ['textTransform', WORDS]],
  ['border-radius', ['borderRadius', SMALL]],
  ['padding', ['padding', SMALL]],
])

/** The declarations of a `%c` that the page follows. The text is an app's own: it may be anything. */
export function styleOf(css: string): CSSProperties {
  const style: Record<string, string> = {}
  for (const declaration of css.split(';')) {
    const colon = declaration.indexOf(':')
    const [name, look] = allowed.get(declaration.slice(0, colon).trim().toLowerCase()) ?? []
    const value = declaration.slice(colon + 1).trim()
    if (name && look?.test(value)) style[name] = value
  }
  return style
}
