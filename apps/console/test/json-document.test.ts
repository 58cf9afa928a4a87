import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonDocument } from '../src/features/response/json-document.ts'
import { indexJson } from '../src/features/response/json-index.ts'

function documentOf(text: string): JsonDocument {
  const rows = indexJson(text)
  if (!rows) throw new Error('no JSON')
  return new JsonDocument(text, rows)
}

function shown(document: JsonDocument): string {
  return Array.from({ length: document.shownCount }, (_, place) => {
    const row = document.rowAt(place)
    return (
      '  '.repeat(document.depth(row)) +
      document
        .tokens(row)
        .map(({ text }) => text)
        .join('')
    )
  }).join('\n')
}

const spaced = fc
  .tuple(fc.jsonValue(), fc.constantFrom('', ' ', '\t', '  '), fc.constantFrom('', ' ', '\r\n'))
  .map(([value, indent, edge]) => edge + JSON.stringify(value, null, indent) + edge)

describe('rows of JSON', () => {
  test('say exactly what the text says', () => {
    fc.assert(
      fc.property(spaced, (text) => {
        expect(JSON.parse(shown(documentOf(text)))).toEqual(JSON.parse(text))
      }),
    )
  })

  test('are there for whatever JSON.parse takes, and for nothing else', () => {
    const almost = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom(...'{}[],:"\\u0a1e-+. \ntrue'.split(''), 'null', '1', '"a"'))
        .map((all) => all.join('')),
      fc
        .tuple(spaced, fc.nat(), fc.constantFrom('', ',', '}', '"', '\\', '\u0001'))
        .map(([text, at, change]) => {
          const place = at % (text.length + 1)
          return text.slice(0, place) + change + text.slice(place + 1)
        }),
    )
    fc.assert(
      fc.property(almost, (text) => {
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          isJson = false
        }
        expect(indexJson(text) !== null).toBe(isJson)
      }),
      { numRuns: 2_000 },
    )
  })

  test('are spread or kept in one line as they are read best; numbers stay as they were sent', () => {
    const text = '{"id":12345678901234567890,"at":{"x":1,"y":[]},"list":[ {"a" :1.0}, 2],"long":"abc"}'
    expect(shown(documentOf(text))).toBe(`{
  "id": 12345678901234567890,
  "at": { "x": 1, "y": [] },
  "list": [{ "a": 1.0 }, 2],
  "long": "abc"
}`)
  })

  test('fold and unfold, one or all; what is searched for is revealed', () => {
    const long = 'x'.repeat(80)
    const text = `{"a":{"b":["${long}","${long}"]},"c":{"d":"${long}"}}`
    const document = documentOf(text)
    const whole = shown(document)
    document.foldAll(true)
    expect(shown(document)).toBe('{\n  "a": {…},\n  "c": {…}\n}')
    document.reveal(document.rowOf(text.indexOf('"d"')))
    expect(shown(document)).toBe(`{\n  "a": {…},\n  "c": {\n    "d": "${long}"\n  }\n}`)
    document.foldAll(false)
    expect(shown(document)).toBe(whole)
  })

  test('are found again: every row by its place, folded or not', () => {
    fc.assert(
      fc.property(spaced, fc.array(fc.nat()), (text, folds) => {
        const document = documentOf(text)
        for (const at of folds) document.fold(at % document.rowCount, true)
        for (let place = 0; place < document.shownCount; place++) {
          expect(document.placeOf(document.rowAt(place))).toBe(place)
        }
      }),
    )
  })

  test('of one very long string', () => {
    const text = `["${'a\\n'.repeat(5_000_000)}"]`
    expect(indexJson(text)).not.toBeNull()
  })

  test('of a text that is nested deeper than any stack', () => {
    const depth = 100_000
    expect(documentOf('['.repeat(depth) + ']'.repeat(depth)).rowCount).toBeGreaterThan(0)
  })
})
