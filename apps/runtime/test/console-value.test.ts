import { type ConsoleValue, consoleLimits, consoleValueSchema } from '@lathe/shared'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { asTable, consoleValues } from '../src/observe/console-arguments.ts'

function look(...args: unknown[]): ConsoleValue[] {
  return z.array(consoleValueSchema).parse(JSON.parse(consoleValues(args)!))
}
const one = (value: unknown) => look(value)[0]!
const inside = (value: ConsoleValue, name: string) => value.inside?.find(([known]) => known === name)?.[1]

class Point {
  x = 1
  #hidden = 2
  get y(): number {
    throw new Error(`never read ${this.#hidden}`)
  }
}

describe('what the console shows of a value', () => {
  test.each([
    [{ a: 1, b: 'x', c: null }, '{a: 1, b: "x", c: null}'],
    [[1, 'two', [3]], '(3) [1, "two", (1) [3]]'],
    [
      new Map<unknown, unknown>([
        ['k', { deep: 1 }],
        [{ o: 1 }, 2],
      ]),
      'Map(2) {"k" => {deep: 1}, {…} => 2}',
    ],
    [new Set(['a']), 'Set(1) {"a"}'],
    [new Point(), 'Point {x: 1}'],
    [new RangeError('shown'), 'RangeError: shown'],
    [Buffer.from([1, 2, 255]), 'Buffer(3) <01 02 ff>'],
    [new Uint16Array([1, 2]), 'Uint16Array(2) [1, 2]'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(Number.NaN), 'Invalid Date'],
    [/a"b/gi, '/a"b/gi'],
    [Point, 'class Point'],
    [function named() {}, 'ƒ named()'],
    [Object.create(null), '[null prototype] {}'],
    [Promise.resolve(1), 'Promise {}'],
    [new ArrayBuffer(8), 'ArrayBuffer(8)'],
    [[undefined, -0, 10n, Symbol('s')], '(4) [undefined, -0, 10n, Symbol(s)]'],
    [Array(3), '(3) [empty, empty, empty]'],
    [{ [Symbol('s')]: 1 }, '{Symbol(s): 1}'],
  ])('of %o', (value, text) => {
    expect(one(value).text).toBe(text)
  })

  test('opens level by level; a circle is named', () => {
    const circle: Record<string, unknown> = { name: 'circle', list: [{ deep: true }] }
    circle.self = circle
    const value = one(circle)
    expect(inside(value, 'self')).toEqual({ type: 'object', text: '[Circular]' })
    expect(inside(inside(inside(value, 'list')!, '0')!, 'deep')).toEqual({ type: 'boolean', text: 'true' })
  })

  test('has the stack, cause and particulars of an error', () => {
    const error = Object.assign(new Error('outer', { cause: new TypeError('inner') }), { code: 'E1' })
    const value = one(error)
    expect(inside(value, 'stack')?.text).toContain('console-value.test')
    expect(inside(value, 'cause')).toMatchObject({ type: 'error', text: 'TypeError: inner' })
    expect(inside(value, 'code')?.text).toBe('"E1"')
  })

  test('strings stand as they are between objects; text alone needs no values', () => {
    expect(look('a "b"', { c: 1 }).map(({ text }) => text)).toEqual(['a "b"', '{c: 1}'])
    expect(consoleValues(['only', 'text', 1])).toBeNull()
    expect(consoleValues(['%s is formatted', { a: 1 }])).toBeNull()
    expect(consoleValues(['%c is plain', ''])).toBeNull()
  })

  test('the directives of a format take their arguments, and objects among them open', () => {
    const [before, value, after, last] = look('a %s, 50%% (%o) %d %i', 'b', { c: 1 }, '7', 2.5, ['rest'])
    expect(before).toEqual({ type: 'string', text: 'a b, 50% (' })
    expect(value).toMatchObject({ text: '{c: 1}', joined: true, inside: [['c', { text: '1' }]] })
    expect(after).toEqual({ type: 'string', text: ') 7 2', joined: true })
    expect(last).toMatchObject({ text: '(1) ["rest"]' })
    expect(last).not.toHaveProperty('joined')
    expect(look('%cred%c plain %s', 'color: red', '', { a: 1 })).toEqual([
      { type: 'string', text: 'red', style: 'color: red' },
      { type: 'string', text: ' plain {a: 1}', joined: true },
    ])
    expect(look('%x %d of 100%', {}, [1]).map(({ text }) => text)).toEqual(['%x NaN of 100%', '(1) [1]'])
  })

  test('a table is its rows, with the columns that were asked for', () => {
    const rows = [{ a: 1, b: 2 }]
    const [value] = z
      .array(consoleValueSchema)
      .parse(JSON.parse(consoleValues([rows], 4_000, asTable(['b']))!))
    expect(value).toMatchObject({ table: ['b'], text: '(1) [{a: 1, b: 2}]' })
  })
})

describe('looking runs none of the app’s code', () => {
  const trap = () => {
    throw new Error('ran')
  }
  const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, trap]))
  test.each([
    [
      'an accessor',
      {
        get a() {
          return trap()
        },
      },
      '{a: get}',
    ],
    ['a proxy', new Proxy({}, traps), 'Proxy'],
    ['a proxy of a function', new Proxy(() => {}, traps), 'Proxy'],
    ['a proxy inside', { a: new Proxy([], traps) }, '{a: Proxy}'],
    ['a proxy as prototype', Object.create(new Proxy({}, traps)), 'Object {}'],
    ['a proxy as constructor', Object.create({ constructor: new Proxy(class {}, traps) }), '{}'],
    [
      'toString, toJSON and inspect',
      { toString: trap, toJSON: trap, [Symbol.for('nodejs.util.inspect.custom')]: trap },
      null,
    ],
    [
      'toStringTag',
      {
        get [Symbol.toStringTag]() {
          return trap()
        },
      },
      '{Symbol(Symbol.toStringTag): get}',
    ],
    [
      'a map’s own entries',
      Object.assign(new Map([[1, 2]]), { entries: trap, [Symbol.iterator]: trap }),
      'Map(1) {1 => 2}',
    ],
    ['an array’s own iterator', Object.assign([1], { [Symbol.iterator]: trap, map: trap }), '(1) [1]'],
    ['flags of an expression', Object.defineProperty(/a/g, 'global', { get: trap }), '/a/g'],
    ['the stack of an error', Object.defineProperty(new Error('m'), 'stack', { get: trap }), 'Error: m'],
    [
      'a class that lies about its name',
      new (Object.defineProperty(class {}, 'name', { get: trap }))(),
      '{}',
    ],
  ])('%s', (_, value, text) => {
    const seen = one(value)
    if (text !== null) expect(seen.text.replace(/^Object /, '')).toBe(text.replace(/^Object /, ''))
  })
})

describe('what is large', () => {
  test('is bounded in depth, width, length and as a whole', () => {
    const deep = (n: number): unknown => (n === 0 ? 'bottom' : { in: deep(n - 1) })
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i]))
    expect(consoleValues([deep(500)])!.length).toBeLessThan(consoleLimits.bytes)
    expect(one(wide)).toMatchObject({ more: 5_000 - consoleLimits.entries })
    expect(one(new Array(1_000_000).fill(0))).toMatchObject({ more: 1_000_000 - consoleLimits.entries })
    expect(one(new Set(Array.from({ length: 1_000 }, (_, i) => i)))).toMatchObject({ more: 900 })
    expect(inside(one({ text: 'x'.repeat(1e6) }), 'text')!.text.length).toBeLessThan(1_100)
    const heavy = Array.from({ length: 100 }, () =>
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [i, 'y'.repeat(900)])),
    )
    expect(consoleValues([heavy])?.length ?? 0).toBeLessThanOrEqual(consoleLimits.bytes)
    expect(consoleValues([deep(500), wide], 2_000)?.length ?? 0).toBeLessThanOrEqual(2_000)
  })

  test('never fails, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withSparseArray: true,
          withNullPrototype: true,
          withDate: true,
          withBigInt: true,
        }),
        fc.string(),
        (value, format) => {
          const text = consoleValues([`${format}%o%c%d${format}`, { value }, format, value])
          if (text !== null) expect(() => z.array(consoleValueSchema).parse(JSON.parse(text))).not.toThrow()
        },
      ),
    )
  })
})
