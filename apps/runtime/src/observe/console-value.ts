import { types } from 'node:util'
import type { ConsoleValue } from '@lathe/shared'
import { consoleLimits } from '@lathe/shared/limits'
import {
  byteLength,
  elements,
  flagsOf,
  isClass,
  isoOf,
  mapEntries,
  mapSize,
  regExpSource,
  setSize,
  setValues,
  stackOf,
  textOfSymbol,
} from './intrinsic-reads.ts'
import { withoutOurs } from './strays.ts'

const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect
const stringify = JSON.stringify
const { isArray } = Array

/** Entries that stand in an object's one line. */
const IN_LINE = 5
const LINE_CHARS = 80
const PROTOTYPES = 10

type Entries = NonNullable<ConsoleValue['inside']>

/**
 * Looks into values, for opening. Runs none of the app's code: no accessors, no traps of proxies, no `toString`, no
 * `inspect`. One look has one allowance of values.
 */
export class Look {
  #left: number = consoleLimits.values
  readonly #depth: number
  /** What is being looked into: to see a circle. */
  readonly #above: object[] = []

  constructor(depth: number) {
    this.#depth = depth
  }

  value(value: unknown, depth: number): ConsoleValue {
    this.#left--
    switch (typeof value) {
      case 'string':
        return { type: 'string', text: depth === 0 ? cut(value) : stringify(cut(value)) }
      case 'object':
        return value === null ? { type: 'null', text: 'null' } : this.#object(value, depth)
      case 'function':
        return this.#function(value, depth)
      case 'symbol':
        return { type: 'symbol', text: textOfSymbol(value) }
      case 'bigint':
        return { type: 'bigint', text: `${value}n` }
      case 'number':
        return { type: 'number', text: Object.is(value, -0) ? '-0' : `${value}` }
      default:
        return { type: typeof value as 'boolean' | 'undefined', text: `${value as boolean | undefined}` }
    }
  }

  #function(value: object, depth: number): ConsoleValue {
    if (types.isProxy(value)) return { type: 'function', text: 'Proxy' }
    const name = ownText(value, 'name') ?? ''
    const text = isClass(value) ? `class ${name}`.trim() : `ƒ ${name}()`
    return this.#opened({ type: 'function', text }, value, depth, () =>
      this.#own(value, depth, isFunctionsOwn),
    )
  }

  #object(value: object, depth: number): ConsoleValue {
    // Whatever one asks a proxy, its traps answer.
    if (types.isProxy(value)) return { type: 'object', text: 'Proxy' }
    if (this.#above.includes(value)) return { type: 'object', text: '[Circular]' }
    const name = className(value)
    if (types.isNativeError(value)) return this.#error(value, name, depth)
    if (types.isDate(value)) return { type: 'object', text: isoOf(value) }
    if (types.isRegExp(value)) return { type: 'object', text: `/${regExpSource(value)}/${flagsOf(value)}` }
    if (types.isMap(value)) return this.#map(value, name, depth)
    if (types.isSet(value)) {
      const inside = () =>
        setValues(value, consoleLimits.entries).map((one, i) => this.#entry(`${i}`, one, depth))
      return this.#list(`${name}(${setSize(value)})`, value, setSize(value), depth, inside)
    }
    if (types.isTypedArray(value)) return this.#typedArray(value, name, depth)
    if (types.isArrayBuffer(value)) return { type: 'object', text: `${name}(${byteLength(value)})` }
    if (isArray(value)) return this.#array(value, name, depth)
    const opened = this.#opened({ type: 'object', text: '' }, value, depth, () => this.#own(value, depth))
    const prefix = name === 'Object' ? '' : `${name} `
    return { ...opened, text: prefix + inLine(opened, '{', '}', true) }
  }

  #error(value: object, name: string, depth: number): ConsoleValue {
    const message = ownText(value, 'message') ?? ''
    const opened = this.#opened({ type: 'error', text: '' }, value, depth, () => {
      const stack = stackOf(value)
      const own = this.#own(value, depth, (key) => key === 'stack' || key === 'message')
      return stack === null
        ? own
        : [['stack', { type: 'string', text: cut(withoutOurs(stack)) }] as Entries[number], ...own]
    })
    return { ...opened, text: cut(message ? `${name}: ${message}` : name) }
  }

  #map(value: object, name: string, depth: number): ConsoleValue {
    const inside = () =>
      mapEntries(value, consoleLimits.entries).map(([key, one]) =>
        this.#entry(`${this.value(key, this.#depth).text} =>`, one, depth),
      )
    return this.#list(`${name}(${mapSize(value)})`, value, mapSize(value), depth, inside)
  }

  #list(head: string, value: object, size: number, depth: number, inside: () => Entries): ConsoleValue {
    const opened = this.#opened({ type: 'object', text: '' }, value, depth, inside)
    const more = size - (opened.inside?.length ?? size)
    return {
      ...opened,
      text: `${head} ${inLine(opened, '{', '}', types.isMap(value))}`,
      ...(more > 0 && opened.inside ? { more } : {}),
    }
  }

  #typedArray(value: object, name: string, depth: number): ConsoleValue {
    const size = elements(value)
    const read = (i: number) => (value as Uint8Array)[i]
    const first = Array.from({ length: Math.min(size, consoleLimits.entries) }, (_, i) => i)
    const text =
      name === 'Buffer'
        ? `<${first
            .slice(0, 16)
            .map((i) => Number(read(i)).toString(16).padStart(2, '0'))
            .join(' ')}${size > 16 ? ' …' : ''}>`
        : `[${first.slice(0, IN_LINE).map(read).join(', ')}${size > IN_LINE ? ', …' : ''}]`
    const inside = () => first.map((i) => this.#entry(`${i}`, read(i), depth))
    const opened = this.#opened({ type: 'object', text: `${name}(${size}) ${text}` }, value, depth, inside)
    const more = size - (opened.inside?.length ?? size)
    return { ...opened, ...(more > 0 ? { more } : {}) }
  }

  #array(value: object, name: string, depth: number): ConsoleValue {
    const size = Number(getOwnPropertyDescriptor(value, 'length')!.value)
    const inside = () => {
      const entries: Entries = []
      for (let i = 0; i < size && i < consoleLimits.entries && this.#left > 0; i++) {
        const element = getOwnPropertyDescriptor(value, i)
        if (!element) entries.push([`${i}`, { type: 'undefined', text: 'empty' }])
        else if (element.get || element.set) entries.push([`${i}`, accessor(element.get, element.set)])
        else entries.push(this.#entry(`${i}`, element.value, depth))
      }
      return entries
    }
    const opened = this.#opened({ type: 'object', text: '' }, value, depth, inside)
    const more = size - (opened.inside?.length ?? size)
    const whole = { ...opened, ...(more > 0 ? { more } : {}) }
    const head = name === 'Array' ? `(${size})` : `${name}(${size})`
    return { ...whole, text: `${head} ${inLine(whole, '[', ']', false)}` }
  }

  /** Looks into a value, unless it is too deep or there was too much already. */
  #opened(shown: ConsoleValue, value: object, depth: number, inside: () => Entries): ConsoleValue {
    // Something may be inside: nobody looked.
    if (depth >= this.#depth || this.#left <= 0) return { ...shown, more: 1 }
    this.#above.push(value)
    try {
      const entries = inside()
      const all = this.#total
      this.#total = 0
      const more = all - entries.length
      if (entries.length === 0) return shown
      return { ...shown, inside: entries, ...(more > 0 ? { more } : {}) }
    } finally {
      this.#above.pop()
    }
  }

  /** How many entries the object had that was looked into last. */
  #total = 0

  #own(value: object, depth: number, isHidden: (key: PropertyKey) => boolean = () => false): Entries {
    const keys = ownKeys(value).filter((key) => !isHidden(key))
    const entries: Entries = []
    for (const key of keys) {
      if (entries.length >= consoleLimits.entries || this.#left <= 0) break
      const name = typeof key === 'symbol' ? textOfSymbol(key) : cut(key)
      const { get, set, value: held } = getOwnPropertyDescriptor(value, key)!
      entries.push(get || set ? [name, accessor(get, set)] : this.#entry(name, held, depth))
    }
    this.#total = keys.length
    return entries
  }

  #entry(name: string, value: unknown, depth: number): Entries[number] {
    return [name, this.value(value, depth + 1)]
  }
}

function accessor(get: unknown, set: unknown): ConsoleValue {
  return { type: 'accessor', text: [get && 'get', set && 'set'].filter(Boolean).join('/') }
}

const isFunctionsOwn = (key: PropertyKey) =>
  key === 'length' || key === 'name' || key === 'prototype' || key === 'arguments' || key === 'caller'

/** The name of the class that made an object, read without running anything. */
function className(value: object): string {
  let prototype: object | null = getPrototypeOf(value)
  for (let i = 0; prototype !== null && i < PROTOTYPES && !types.isProxy(prototype); i++) {
    const made: unknown = getOwnPropertyDescriptor(prototype, 'constructor')?.value
    if (typeof made === 'function' && !types.isProxy(made)) {
      const name = ownText(made, 'name')
      if (name) return name
    }
    prototype = getPrototypeOf(prototype)
  }
  return prototype === null && getPrototypeOf(value) === null ? '[null prototype]' : 'Object'
}

function ownText(value: object, name: string): string | null {
  const text: unknown = getOwnPropertyDescriptor(value, name)?.value
  return typeof text === 'string' ? cut(text) : null
}

export function cut(text: string): string {
  const more = text.length - consoleLimits.chars
  return more > 0 ? `${text.slice(0, consoleLimits.chars)}… (${more} more characters)` : text
}

/** The first entries in one line. */
function inLine(
  { inside = [], more = 0 }: ConsoleValue,
  open: string,
  close: string,
  isNamed: boolean,
): string {
  let text = ''
  let shown = 0
  for (const [name, value] of inside) {
    const short = value.text.length > 30 ? `${value.text.slice(0, 29)}…` : value.text
    const isElement = !isNamed && /^\d+$/.test(name)
    const part = isElement ? short : name.endsWith('=>') ? `${name} ${short}` : `${name}: ${short}`
    if (shown >= IN_LINE || text.length + part.length > LINE_CHARS) break
    text += (shown++ > 0 ? ', ' : '') + part
  }
  const rest = inside.length + more > shown ? (shown > 0 ? ', …' : '…') : ''
  return `${open}${text}${rest}${close}`
}
