import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compare, identical } from '../src/bson/compare.ts'
import { decode } from '../src/bson/decode.ts'
import { encode } from '../src/bson/encode.ts'
import { compoundKey, valueKey } from '../src/bson/key.ts'
import type { Doc, Value } from '../src/bson/values.ts'
import { anyValue, numbers } from './arbitrary.ts'

const RUNS = { numRuns: 3000 }

describe('the order of BSON values', () => {
  test('is total: antisymmetric and transitive', () => {
    fc.assert(
      fc.property(anyValue, anyValue, anyValue, (a, b, c) => {
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0)
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0)
      }),
      RUNS,
    )
  })

  test('is the order of the binary keys', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        expect(Math.sign(Buffer.compare(valueKey(a), valueKey(b)))).toBe(Math.sign(compare(a, b)))
      }),
      RUNS,
    )
  })

  test('is the order of the keys of numbers of all types near one another', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        expect(Math.sign(Buffer.compare(valueKey(a), valueKey(b)))).toBe(Math.sign(compare(a, b)))
      }),
      RUNS,
    )
  })

  test('is the order of compound keys with descending parts', () => {
    const pair = fc.tuple(anyValue, anyValue)
    fc.assert(
      fc.property(pair, pair, fc.constantFrom(1, -1), fc.constantFrom(1, -1), (a, b, d1, d2) => {
        const expected = d1 * compare(a[0], b[0]) || d2 * compare(a[1], b[1])
        const actual = Buffer.compare(compoundKey(a, [d1, d2]), compoundKey(b, [d1, d2]))
        expect(Math.sign(actual)).toBe(Math.sign(expected) + 0)
      }),
      RUNS,
    )
  })
})

test('encoding and decoding give back the same values and bytes', () => {
  fc.assert(
    fc.property(anyValue, (value: Value) => {
      const document: Doc = new Map([
        ['b', value],
        ['1', value],
      ])
      const bytes = encode(document)
      const again = decode(bytes)
      expect(identical(document, again)).toBe(true)
      expect(Buffer.compare(encode(again), bytes)).toBe(0)
    }),
    RUNS,
  )
})
