import type { ConsoleValue } from '@lathe/shared'
import { consoleLimits } from '@lathe/shared/limits'
import { cut, Look } from './console-value.ts'

const stringify = JSON.stringify

/** How a console call shows its arguments. */
export type Shown = (look: Look, args: readonly unknown[]) => ConsoleValue[]

/**
 * The arguments of a console call with what is inside of them, as JSON of `ConsoleValue[]`; null when text says it all, or
 * when there is too much.
 * @param most characters of the JSON
 */
export function consoleValues(
  args: readonly unknown[],
  most: number = consoleLimits.bytes,
  shown: Shown = asLog,
): string | null {
  const isStyled = typeof args[0] === 'string' && args[0].includes('%c')
  if (!isStyled && !args.some(isOpenable)) return null
  for (const depth of [consoleLimits.depth, 2, 1]) {
    const values = shown(new Look(depth), args)
    if (!values.some(({ type, style }) => style !== undefined || !TEXTS.has(type))) return null
    const text = stringify(values)
    if (text.length <= most) return text
  }
  return null
}

const TEXTS = new Set(['string', 'number', 'bigint', 'boolean', 'undefined', 'null', 'symbol'])

function isOpenable(arg: unknown): boolean {
  return (typeof arg === 'object' && arg !== null) || typeof arg === 'function'
}

/**
 * As `console.log`: the arguments one after the other, the directives of a format (Console Standard, 2.2) taking theirs.
 */
export const asLog: Shown = (look, args) => {
  const [format, ...rest] = args.slice(0, consoleLimits.entries)
  if (typeof format !== 'string' || rest.length === 0 || !format.includes('%')) {
    return args.slice(0, consoleLimits.entries).map((arg) => look.value(arg, 0))
  }
  const values: ConsoleValue[] = []
  let text = ''
  let style: string | undefined
  const add = (value: ConsoleValue) => values.push(values.length > 0 ? { ...value, joined: true } : value)
  const endText = () => {
    if (text) add({ type: 'string', text: cut(text), ...(style === undefined ? {} : { style }) })
    text = ''
  }
  let used = 0
  let end = 0
  for (const { 0: directive, index } of format.matchAll(/%[sdifjoOc%]/g)) {
    text += format.slice(end, index)
    end = index + directive.length
    if (directive === '%%') text += '%'
    else if (used === rest.length) text += directive
    else if (directive === '%c') {
      endText()
      const css = rest[used++]
      style = typeof css === 'string' && css !== '' ? cut(css) : undefined
    } else if (directive === '%o' || directive === '%O' || directive === '%j') {
      endText()
      add(look.value(rest[used++], 0))
    } else text += inText(directive, rest[used++], look)
  }
  text += format.slice(end)
  endText()
  return [...values, ...rest.slice(used).map((arg) => look.value(arg, 0))]
}

/** As `console.table`: the first argument by rows. */
export const asTable =
  (columns: readonly string[]): Shown =>
  (look, [data]) => [{ ...look.value(data, 0), table: [...columns] }]

function inText(directive: string, value: unknown, look: Look): string {
  if (directive === '%s' || typeof value === 'bigint') return look.value(value, 0).text
  if (isOpenable(value) || typeof value === 'symbol') return 'NaN'
  if (directive === '%i') return `${Number.parseInt(String(value), 10)}`
  return `${directive === '%f' ? Number.parseFloat(String(value)) : Number(value)}`
}
