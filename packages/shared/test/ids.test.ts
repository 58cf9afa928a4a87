import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appidFrom, appidSchema, functionNameSchema } from '../src/ids.ts'

test('every appid that is made is valid, and a valid host label', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 16 }), (bytes) => {
      const appid = appidFrom(bytes)
      expect(appidSchema.safeParse(appid).success).toBe(true)
      expect(appid).toMatch(/^[a-z][a-z0-9]{5}$/)
    }),
  )
})

test('appids hold no characters that look alike', () => {
  for (const appid of ['a0bcde', 'a1bcde', 'albcde', 'aibcde', 'aobcde', '2abcde', 'Abcdef', 'abcdefg']) {
    expect(appidSchema.safeParse(appid).success, appid).toBe(false)
  }
})

test('function names are path-like', () => {
  for (const name of ['hello', 'users/list', '__init__', 'a-b_c/D9', 'x']) {
    expect(functionNameSchema.safeParse(name).success, name).toBe(true)
  }
})

test('function names cannot leave their folder', () => {
  const bad = [
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    '../a',
    'a/../b',
    'a/./b',
    'a.b',
    'a\\b',
    'a b',
    'a%2fb',
    'é',
    'a\n',
    '-a',
    'a/-b',
  ]
  for (const name of bad) expect(functionNameSchema.safeParse(name).success, JSON.stringify(name)).toBe(false)
  expect(functionNameSchema.safeParse('a'.repeat(129)).success).toBe(false)
})

test('no accepted name has an empty, dotted or absolute segment', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'Z', '/', '.', '-', '_', '0', '\\', '%', ' ') }),
      (name) => {
        if (!functionNameSchema.safeParse(name).success) return
        for (const segment of name.split('/')) expect(segment).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]*$/)
      },
    ),
    { numRuns: 2_000 },
  )
})
