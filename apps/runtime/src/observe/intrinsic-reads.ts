const { apply, getOwnPropertyDescriptor, getPrototypeOf } = Reflect

/*
 * Ways to look into built-in objects that run none of the app's code, whatever it has put on these objects or on their
 * prototypes: taken before any of it runs.
 */

function getter(target: object, name: PropertyKey): (self: object) => unknown {
  const { get } = getOwnPropertyDescriptor(target, name)!
  return (self) => apply(get!, self, [])
}

const typedArray = getPrototypeOf(Uint8Array.prototype)!
export const mapSize = getter(Map.prototype, 'size') as (map: object) => number
export const setSize = getter(Set.prototype, 'size') as (set: object) => number
export const byteLength = getter(ArrayBuffer.prototype, 'byteLength') as (buffer: object) => number
export const elements = getter(typedArray, 'length') as (array: object) => number
export const regExpSource = getter(RegExp.prototype, 'source') as (expression: object) => string

const regExpFlags = Object.entries({
  d: 'hasIndices',
  g: 'global',
  i: 'ignoreCase',
  m: 'multiline',
  s: 'dotAll',
  u: 'unicode',
  v: 'unicodeSets',
  y: 'sticky',
}).map(([letter, name]) => [letter, getter(RegExp.prototype, name)] as const)

export function flagsOf(expression: object): string {
  return regExpFlags.map(([letter, read]) => (read(expression) ? letter : '')).join('')
}

function iterate(
  prototype: object,
  method: string,
  sample: Iterator<unknown>,
): (self: object, most: number) => unknown[] {
  const begin = getOwnPropertyDescriptor(prototype, method)!.value as () => Iterator<unknown>
  const next = getOwnPropertyDescriptor(getPrototypeOf(sample)!, 'next')!.value as Iterator<unknown>['next']
  return (self, most) => {
    const iterator = apply(begin, self, []) as Iterator<unknown>
    const found: unknown[] = []
    for (let i = 0; i < most; i++) {
      const { done, value } = apply(next, iterator, []) as IteratorResult<unknown>
      if (done) break
      found[i] = value
    }
    return found
  }
}

/** The first entries of a map, as pairs. */
export const mapEntries = iterate(Map.prototype, 'entries', new Map().entries()) as (
  map: object,
  most: number,
) => [unknown, unknown][]
/** The first values of a set. */
export const setValues = iterate(Set.prototype, 'values', new Set().values())

const { toISOString } = Date.prototype
const symbolText = Symbol.prototype.toString
const functionText = Function.prototype.toString

export function isoOf(date: object): string {
  try {
    return apply(toISOString, date, []) as string
  } catch {
    return 'Invalid Date'
  }
}

export function textOfSymbol(symbol: symbol): string {
  return apply(symbolText, symbol, []) as string
}

export function isClass(target: object): boolean {
  return (apply(functionText, target, []) as string).slice(0, 5) === 'class'
}

/** V8's own accessor of `stack`, where it is one: it runs nothing of the app but `Error.prepareStackTrace`. */
const ownStack = getOwnPropertyDescriptor(new Error('sample'), 'stack')

export function stackOf(error: object): string | null {
  const stack = getOwnPropertyDescriptor(error, 'stack')
  if (!stack) return null
  const value: unknown = stack.get && stack.get === ownStack?.get ? apply(stack.get, error, []) : stack.value
  return typeof value === 'string' ? value : null
}
