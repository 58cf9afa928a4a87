import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { patternOf, search } from '../src/features/search/matcher.ts'

const plain = { find: '', replace: '', matchCase: false, wholeWord: false, regex: false }
const files = [
  { name: 'a', source: 'const colour = 1\nexport default () => Colour + colours\n' },
  { name: 'b', source: '// $1 costs 2\n' },
]

describe('search in all functions', () => {
  test('counts places, with their lines and columns', () => {
    const { hits, total } = search(files, { ...plain, find: 'colour' })
    expect(total).toBe(3)
    expect(hits.map(({ name, line, column, match }) => [name, line, column, match])).toEqual([
      ['a', 1, 7, 'colour'],
      ['a', 2, 22, 'Colour'],
      ['a', 2, 31, 'colour'],
    ])
  })
  test('keeps to case and to whole words', () => {
    expect(search(files, { ...plain, find: 'colour', matchCase: true }).total).toBe(2)
    expect(search(files, { ...plain, find: 'colour', wholeWord: true }).total).toBe(2)
  })
  test('a replacement is taken literally, but for the groups of a regular expression', () => {
    const literal = search(files, { ...plain, find: '$1', replace: '$&' })
    expect(literal.files).toEqual([{ name: 'b', before: '// $1 costs 2\n', after: '// $& costs 2\n' }])
    const groups = search(files, { ...plain, find: 'c(olo)ur', replace: '$1', regex: true, matchCase: true })
    expect(groups.files[0]?.after).toBe('const olo = 1\nexport default () => Colour + olos\n')
  })
  test('what is no regular expression is refused', () => {
    expect(() => patternOf({ ...plain, find: '(', regex: true })).toThrow(SyntaxError)
  })
  test('whatever text is searched for is found where it is, and replacing it back restores the source', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), fc.string(), (find, before, after) => {
        fc.pre(!before.includes(find) && !after.includes(find) && !/[\r\n]/.test(find))
        const source = `${before}\n${find}\n${after}`
        fc.pre(source.indexOf(find) === before.length + 1 && source.lastIndexOf(find) === before.length + 1)
        const mark = '\u{F0000}'
        const there = search([{ name: 'x', source }], { ...plain, find, replace: mark, matchCase: true })
        expect(there.total).toBe(1)
        const back = search([{ name: 'x', source: there.files[0]!.after }], {
          ...plain,
          find: mark,
          replace: find,
        })
        expect(back.files[0]?.after).toBe(source)
      }),
    )
  })
})
