/** Character classes of HTTP/1.1 (RFC 9110, RFC 9112), as tables over bytes: a lookup beyond 255 is undefined. */
function table(member: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (member(code) ? 1 : 0))
}

const TOKEN_MARKS = "!#$%&'*+-.^_`|~"

/** `tchar` of RFC 9110, 5.6.2: what methods and field names are made of. */
export const TOKEN = table(
  (c) =>
    (c >= 0x30 && c <= 0x39) ||
    (c >= 0x41 && c <= 0x5a) ||
    (c >= 0x61 && c <= 0x7a) ||
    TOKEN_MARKS.includes(String.fromCharCode(c)),
)

/** What a field value may hold (RFC 9110, 5.5): tab, space, visible ASCII, obs-text. No CR, LF, NUL. */
export const VALUE = table((c) => c === 0x09 || (c >= 0x20 && c !== 0x7f))

/** What a request target may hold here: all that is visible in ASCII, as an opaque path (as node:http has it). */
export const TARGET = table((c) => c > 0x20 && c < 0x7f)

/** True when every character from `from` to `to` of a Latin-1 string is in the class. */
export function all(chars: Uint8Array, text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!chars[text.charCodeAt(i)]) return false
  return true
}

/** Where the first character outside of the class stands, at most `to`. */
export function span(chars: Uint8Array, text: string, from: number, to: number): number {
  let i = from
  while (i < to && chars[text.charCodeAt(i)]) i++
  return i
}

/** A field value without the spaces and tabs around it. */
export function valueBetween(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** The members of a comma-separated field value, in lower case. */
export function listMembers(value: string): string[] {
  if (value === 'keep-alive' || value === 'close') return [value]
  return value
    .toLowerCase()
    .split(',')
    .map((member) => member.trim())
    .filter(Boolean)
}

/** A length of at most 15 digits, or NaN: no sign, no blank, no list (RFC 9112, 6.3). */
export function contentLength(value: string): number {
  if (value === '' || value.length > 15) return Number.NaN
  let length = 0
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
    length = length * 10 + digit
  }
  return length
}

/**
 * Takes fields out of serialised header lines.
 * @param lines `Name: value` lines, each ended by CRLF
 */
export function withoutFields(lines: string, names: readonly string[]): string {
  return lines
    .split('\r\n')
    .filter((line) => !names.includes(line.slice(0, Math.max(0, line.indexOf(':'))).toLowerCase()))
    .join('\r\n')
}

/** The first value of a field in serialised header lines, or undefined. `name` in lower case. */
export function fieldValue(lines: string, name: string): string | undefined {
  for (const line of lines.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon === name.length && line.slice(0, colon).toLowerCase() === name) {
      return valueBetween(line, colon + 1, line.length)
    }
  }
  return undefined
}

/** The content codings that an Accept-Encoding field allows, without those of weight 0 (RFC 9110, 12.5.3). */
export function acceptedCodings(value = ''): string[] {
  return listMembers(value)
    .filter((member) => !/;\s*q=0(?:\.0*)?$/.test(member))
    .map((member) => member.split(';', 1)[0]!.trim())
}

/** The same text on its own: a slice of a head would keep the whole head in memory for as long as it is kept. */
export function detached(text: string): string {
  return Buffer.from(text).toString()
}
