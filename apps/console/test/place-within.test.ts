import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineIn, placeWithin } from '../src/lib/place-within.ts'

test.each([
  ['/apps', '/apps'],
  ['/apps/abcdef/functions/users/list?line=3#x', '/apps/abcdef/functions/users/list?line=3#x'],
  ['/invitation?token=a%2Fb', '/invitation?token=a%2Fb'],
  ['//evil.example', undefined],
  ['/\\evil.example', undefined],
  ['/\t/evil.example', undefined],
  ['\\/evil.example', undefined],
  ['https://evil.example', undefined],
  ['javascript:alert(1)', undefined],
  ['/a/..//evil.example', undefined],
  ['', undefined],
  [undefined, undefined],
])('%j leads to %j', (text, place) => {
  expect(placeWithin(text)).toBe(place)
})

test('whatever stands in an address, one stays on the console', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    ':',
    '@',
    '?',
    '#',
    '\t',
    '\n',
    'evil.example',
    'https:',
    '%2f',
    'a',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const place = placeWithin(pieces.join(''))
      if (place === undefined) return
      for (const base of ['https://console.example', 'http://localhost:8000/sign-in?next=x']) {
        expect(new URL(place, base).origin).toBe(new URL(base).origin)
      }
    }),
    { numRuns: 5_000 },
  )
})

test.each([
  ['L12', 12],
  ['#L3', 3],
  ['L12-L20', 12],
  ['L0', undefined],
  ['Lx', undefined],
  ['12', undefined],
  ['', undefined],
])('#%s is line %s', (hash, line) => {
  expect(lineIn(hash)).toBe(line)
})
