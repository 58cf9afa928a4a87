import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { exportedNames } from '../src/packages/exported-names.ts'

async function package_(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lathe-names-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

test('declarations, lists, what is passed on, and the default under the package’s name', async () => {
  const folder = await package_({
    'package.json': JSON.stringify({ exports: { '.': { require: './no.cjs', import: './dist/index.js' } } }),
    'dist/index.d.ts': [
      'export declare const a: number, b: string',
      'export declare function f(): void; export declare function f(x: 1): void',
      'export declare abstract class C {}',
      'export interface Only {}',
      'declare const kept: 1; type Kept = 2; interface Both {} declare const Both: Both',
      'export { kept, type Kept, Both }',
      "export * from './star.js'",
      "export * as ns from './star.js'",
      "export { inner as outer, Inner } from './deep/index.js'",
      "export * from 'another-package'",
      'declare const _default: 1; export default _default',
    ].join('\n'),
    'dist/star.d.ts':
      "export type Star = 1; export declare let star: Star; export default star; export * from './index.js'",
    'dist/deep/index.d.ts': 'export declare const inner: 1; export interface Inner {}',
  })
  const { values, types } = await exportedNames('@scope/some-thing', folder)
  expect(values.toSorted()).toEqual(['Both', 'C', 'a', 'b', 'f', 'kept', 'ns', 'outer', 'someThing', 'star'])
  expect(types.toSorted()).toEqual(['Inner', 'Kept', 'Only', 'Star'])
})

test('of a CommonJS package its one value and what can be taken from it by name', async () => {
  const folder = await package_({
    'package.json': JSON.stringify({ main: 'lib/x.js' }),
    'lib/x.d.ts': [
      'declare function dash(): void',
      'declare namespace dash {',
      '  interface X { inner(): void }',
      '  type Y = 1',
      '  const version: string, other: typeof import("x").other',
      '  export function Router(): X; function Router(a: 1): X',
      '  class Thing {}',
      '}',
      'declare namespace elsewhere { const no: 1 }',
      'export = dash',
    ].join('\n'),
  })
  const { values, types } = await exportedNames('lo-dash', folder)
  expect(values.toSorted()).toEqual(['Router', 'Thing', 'loDash', 'other', 'version'])
  expect(types.toSorted()).toEqual(['X', 'Y'])
})

test('of a CommonJS value with an interface its members, those of files that add to it included', async () => {
  const outside = await package_({
    'more.d.ts': 'declare module "../index" { interface Static { secret(): void } }',
  })
  const folder = await package_({
    'package.json': JSON.stringify({ types: 'index.d.ts' }),
    'index.d.ts': [
      '/// <reference path="./common/more.d.ts" />',
      `/// <reference path="../${outside.split('/').at(-1)}/more.d.ts" />`,
      '/// <reference path="index.d.ts" />',
      'export = _',
      'declare const _: _.Static',
      'declare namespace _ { interface Static { chain(): void; "a-b": 1; [key: string]: unknown } }',
    ].join('\n'),
    'common/more.d.ts':
      'import _ = require("../index")\ndeclare module "../index" { interface Static { debounce(): void; readonly VERSION: 1 }\ninterface Other { no(): void } }',
  })
  const { values, types } = await exportedNames('lodash', folder)
  expect(values.toSorted()).toEqual(['VERSION', 'chain', 'debounce', 'lodash'])
  expect(types).toEqual(['Static'])
})

test('a broken or hostile package has no names, and nothing outside of it is read', async () => {
  const outside = await package_({ 'secret.d.ts': 'export declare const secret: 1' })
  const climbing = `../${outside.split('/').at(-1)}/secret.js`
  const folder = await package_({
    'package.json': JSON.stringify({ types: 'index.d.ts' }),
    'index.d.ts': `export * from '${climbing}'\nexport declare const here: 1`,
  })
  expect(await exportedNames('climbs', folder)).toEqual({ values: ['here'], types: [] })
  const main = await package_({ 'package.json': JSON.stringify({ types: climbing }) })
  expect(await exportedNames('main', main)).toEqual({ values: [], types: [] })
  const broken = await package_({ 'package.json': '{', 'index.d.ts': 'export declare const {' })
  expect(await exportedNames('broken', broken)).toEqual({ values: [], types: [] })
  expect(await exportedNames('empty', await package_({}))).toEqual({ values: [], types: [] })
})
