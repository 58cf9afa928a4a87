import { expect, test } from 'vitest'
import { InstalledExports, packageOf } from '../src/editor/language/installed-exports.ts'

const NAMES = {
  greetings: { values: ['greet', 'wave'], types: ['Greeting'] },
  '@scope/loud': { values: ['shout'], types: [] },
}
const EXPRESSION = [
  { name: 'function', kind: 'keyword' },
  { name: 'greetAll', kind: 'const' },
]

/** Exports of an app, and what was asked for to know them. */
function ofApp() {
  const asked: string[] = []
  const exports = new InstalledExports(async (url) => {
    asked.push(url)
    return NAMES
  })
  exports.use('/one')
  const offered = async (entries: { name: string; kind: string; data?: unknown }[]) =>
    (await exports.completions({ entries })).map(({ name, source }) => `${source} ${name}`)
  return { exports, asked, offered }
}

test('names of packages are fetched once, when the first name is typed', async () => {
  const { asked, offered } = ofApp()
  expect(asked).toEqual([])
  const names = ['greetings greet', 'greetings wave', '@scope/loud shout']
  expect(await Promise.all([offered(EXPRESSION), offered(EXPRESSION)])).toEqual([names, names])
  expect(asked).toEqual(['/one'])
})

test('values where values go, types where types go, members alone behind a dot', async () => {
  const { exports, offered } = ofApp()
  expect(await offered([{ name: 'keyof', kind: 'keyword' }])).toEqual(['greetings Greeting'])
  expect(await exports.completions({ entries: EXPRESSION, isMemberCompletion: true })).toEqual([])
})

test('what TypeScript offers itself is not offered twice', async () => {
  const { offered } = ofApp()
  const already = {
    name: 'greet',
    kind: 'function',
    data: { fileName: 'file:///node_modules/greetings/index.d.ts' },
  }
  expect(await offered([...EXPRESSION, already])).toEqual(['greetings wave', '@scope/loud shout'])
})

test('another app’s packages are other names; what was looked at is imported for the program', async () => {
  const { exports, asked, offered } = ofApp()
  await offered(EXPRESSION)
  const before = exports.version
  exports.reach('@scope/loud')
  expect(exports.text).toBe('import "@scope/loud"\n')
  expect(exports.version).not.toBe(before)
  exports.use('/two')
  expect(exports.text).toBe('')
  await offered(EXPRESSION)
  expect(asked).toEqual(['/one', '/two'])
})

test('names that cannot be fetched keep nobody from completing', async () => {
  const exports = new InstalledExports(() => Promise.reject(new Error('offline')))
  exports.use('/one')
  expect(await exports.completions({ entries: EXPRESSION })).toEqual([])
})

test('a package is known by its files, those of @types too', () => {
  expect(packageOf({ fileName: 'file:///node_modules/dayjs/index.d.ts' })).toBe('dayjs')
  expect(packageOf({ fileName: '/node_modules/@scope/loud/x/y.d.ts' })).toBe('@scope/loud')
  expect(packageOf({ fileName: '/node_modules/@types/lodash/index.d.ts' })).toBe('lodash')
  expect(packageOf({ fileName: '/node_modules/@types/scope__loud/index.d.ts' })).toBe('@scope/loud')
  expect(packageOf({ ambientModuleName: 'node:fs' })).toBe(null)
  expect(packageOf(undefined)).toBe(null)
})
