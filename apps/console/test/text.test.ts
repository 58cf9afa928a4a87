import { beforeAll, describe, expect, test } from 'vitest'
import { stripComments } from '../build/strip-comments.ts'
import { sseParser } from '../src/data/post-event-source.ts'
import { packageTrouble, setInstalledPackages } from '../src/editor/language/diagnostics.ts'
import { importedFunctions } from '../src/editor/language/imports.ts'
import { firstPlace, splitPlaces } from '../src/features/run/places.ts'
import { withMessages } from '../src/i18n/i18n.ts'
import { formatBytes, formatMs } from '../src/lib/format.ts'
import { matchesKeys } from '../src/lib/keys.ts'

beforeAll(async () => {
  Object.assign(globalThis, { document: { documentElement: {} } })
  await withMessages(async () => {})()
})

describe('event streams', () => {
  const stream = 'event: connected\ndata: {}\n\n: ping\nid: 7\ndata: a\ndata: b\n\ndata: €\r\n\r\n'
  const expected = [
    { event: 'connected', data: '{}', id: '' },
    { event: 'message', data: 'a\nb', id: '7' },
    { event: 'message', data: '€', id: '7' },
  ]
  test.each([1, 2, 3, 7, 1000])('read the same in pieces of %i', (size) => {
    const got: unknown[] = []
    const parse = sseParser((message) => got.push(message))
    for (let at = 0; at < stream.length; at += size) parse(stream.slice(at, at + size))
    expect(got).toEqual(expected)
  })
})

test('type packs lose their comments and nothing else', () => {
  const source = [
    '/// <reference types="x" />',
    '/** doc */',
    'declare const url: "http://a/*b*/" // why',
    "type T = `a/*c*/b` | '//'",
  ].join('\n')
  expect(stripComments(source).trimEnd()).toBe(
    ['/// <reference types="x" />', 'declare const url: "http://a/*b*/" ', "type T = `a/*c*/b` | '//'"].join(
      '\n',
    ),
  )
})

describe('imports between functions', () => {
  test('resolve @/, ./ and ../ and leave packages alone', () => {
    const source = `import a from '@/util'\nimport { b } from './b.ts'\nexport * from '../c'\nconst d = await import('@/x/d')\nimport _ from 'lodash'\nimport 'node:fs'`
    expect(importedFunctions('users/list', source)).toEqual(['util', 'users/b', 'c', 'x/d'])
  })
  test('do not leave the app’s folder', () => {
    expect(importedFunctions('list', "import a from '../../etc'")).toEqual([])
  })
})

describe('types that this browser does not have', () => {
  const unresolved = (name: string) =>
    packageTrouble({
      start: 0,
      length: 1,
      category: 1,
      code: 2307,
      messageText: `Cannot find module '${name}' or its corresponding type declarations.`,
    })
  test('are a hint for packages that the app has, or may have', () => {
    expect(unresolved('lodash')).toMatchObject({ missing: false, message: expect.stringContaining('lodash') })
    setInstalledPackages(new Set(['@scope/x']))
    expect(unresolved('@scope/x/deep')).toMatchObject({
      missing: false,
      message: expect.stringContaining('@scope/x'),
    })
  })
  test('are an error for packages that the app has not', () => {
    setInstalledPackages(new Set())
    expect(unresolved('lodash')).toMatchObject({ missing: true, message: expect.stringContaining('lodash') })
  })
  test('stay an error for the app’s own functions and for Node', () => {
    expect(unresolved('@/nope')).toBeNull()
    expect(unresolved('./nope')).toBeNull()
    expect(unresolved('node:nope')).toBeNull()
  })
})

describe('places in stacks', () => {
  const known = (name: string) => ['users/list', 'util'].includes(name)
  test('are found with their function, line and column', () => {
    const stack =
      'TypeError: x\n    at list (users/list.ts:7:24)\n    at other (vendor.ts:1:1)\n    at util.ts:3'
    expect(splitPlaces(stack, known).filter((part) => typeof part !== 'string')).toEqual([
      { text: 'users/list.ts:7:24', name: 'users/list', line: 7, column: 24 },
      { text: 'util.ts:3', name: 'util', line: 3, column: 1 },
    ])
    expect(
      splitPlaces(stack, known)
        .map((part) => (typeof part === 'string' ? part : part.text))
        .join(''),
    ).toBe(stack)
    expect(firstPlace(stack, known)).toEqual({ name: 'users/list', line: 7, column: 24 })
  })
})

test('sizes and times read well at every order of magnitude', () => {
  expect([0, 999, 1500, 15_000, 999_600, 2_500_000].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.5 kB',
    '15 kB',
    '1.0 MB',
    '2.5 MB',
  ])
  expect([0.42, 12.3, 999, 1420].map(formatMs)).toEqual(['0.4 ms', '12 ms', '999 ms', '1.42 s'])
})

test('keys match exactly', () => {
  const press = (key: string, mods = '', code = '') => ({
    key,
    code,
    ctrlKey: mods.includes('c'),
    metaKey: mods.includes('m'),
    shiftKey: mods.includes('s'),
    altKey: mods.includes('a'),
  })
  expect(matchesKeys('Mod+S', press('s', 'c'), false)).toBe(true)
  expect(matchesKeys('Mod+S', press('s', 'm'), true)).toBe(true)
  expect(matchesKeys('Mod+S', press('S', 'cs'), false)).toBe(false)
  expect(matchesKeys('Mod+Enter', press('Enter', 'cs'), false)).toBe(false)
  expect(matchesKeys('Mod+Shift+Enter', press('Enter', 'cs'), false)).toBe(true)
  // With Alt, Apple's keyboards write another sign.
  expect(matchesKeys('Shift+Alt+F', press('Ï', 'sa', 'KeyF'), true)).toBe(true)
  expect(matchesKeys('?', press('?', 's'), false)).toBe(true)
})
