import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { substitute, substituteInJson, variableNames } from '../src/variables.ts'

const name = fc.stringMatching(/^[A-Za-z_][\w.-]{0,20}$/)
const values = fc
  .dictionary(name, fc.string({ unit: 'binary' }))
  .map((entries) => new Map(Object.entries(entries)))
const space = fc.constantFrom('', ' ', '  ')
/** Text without braces, so that it refers to nothing. */
const plain = fc.string().map((text) => text.replace(/[{}]/g, ''))

describe('variables in a text', () => {
  test('have their values in their places, whatever these contain, once', () => {
    fc.assert(
      fc.property(values, fc.array(fc.tuple(plain, space)), (known, pieces) => {
        const names = [...known.keys()]
        const at = (i: number) => names[i % names.length] ?? 'unknown'
        const text = pieces.map(([before, pad], i) => `${before}{{${pad}${at(i)}${pad}}}`).join('')
        const expected = pieces
          .map(([before, pad], i) => before + (known.get(at(i)) ?? `{{${pad}${at(i)}${pad}}}`))
          .join('')
        expect(substitute(text, known)).toBe(expected)
        expect(variableNames(text)).toEqual([...new Set(pieces.map((_, i) => at(i)))])
      }),
    )
  })

  test('change nothing where there are none', () => {
    fc.assert(
      fc.property(values, plain, (known, text) => {
        expect(substitute(text, known)).toBe(text)
        expect(substituteInJson(text, known)).toBe(text)
        expect(variableNames(text)).toEqual([])
      }),
    )
  })
})

describe('variables in JSON', () => {
  test('are their exact values inside of strings, and the JSON stays one', () => {
    fc.assert(
      fc.property(name, fc.string({ unit: 'grapheme' }), plain, plain, (variable, value, before, after) => {
        const json = JSON.stringify([`${before}{{${variable}}}${after}`, { [`{{${variable}}}`]: 1 }])
        const [text, object] = JSON.parse(substituteInJson(json, new Map([[variable, value]])))
        expect(text).toBe(before + value + after)
        expect(Object.hasOwn(object, value)).toBe(true)
      }),
    )
  })

  test('are any JSON outside of strings', () => {
    fc.assert(
      fc.property(name, fc.jsonValue(), (variable, value) => {
        const text = `{"a": {{ ${variable} }}, "b": "\\"{{none}}"}`
        const made = substituteInJson(text, new Map([[variable, JSON.stringify(value)]]))
        expect(JSON.parse(made)).toEqual(JSON.parse(`{"a":${JSON.stringify(value)},"b":"\\"{{none}}"}`))
      }),
    )
  })
})
