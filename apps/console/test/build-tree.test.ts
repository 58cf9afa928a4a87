import { describe, expect, test } from 'vitest'
import { buildTree, copyName } from '../src/features/workspace/build-tree.ts'

const named = (...names: string[]) => names.map((name) => ({ name, tags: name === 'a10' ? ['billing'] : [] }))
const names = named('users/list', 'hello', 'users/admin/reset', 'users', 'a10', 'a2')
const shape = (filter = '', closed: string[] = []) =>
  buildTree(names, new Set(closed), filter).map(
    (row) => `${'  '.repeat(row.depth)}${row.label}${row.kind === 'folder' ? '/' : ''}`,
  )

describe('the tree of functions', () => {
  test('has folders first, then functions, numbers in counting order', () => {
    expect(shape()).toEqual(['users/', '  admin/', '    reset', '  list', 'a2', 'a10', 'hello', 'users'])
  })
  test('hides what is inside closed folders', () => {
    expect(shape('', ['users'])).toEqual(['users/', 'a2', 'a10', 'hello', 'users'])
  })
  test('a filter shows matches with their folders, closed ones too', () => {
    expect(shape('RESET', ['users'])).toEqual(['users/', '  admin/', '    reset'])
  })
  test('a filter that matches a folder shows what is in it', () => {
    expect(shape('admin')).toEqual(['users/', '  admin/', '    reset'])
  })
  test('a filter finds tags', () => {
    expect(shape('bill')).toEqual(['a10'])
  })
  test('says each row’s place among its siblings and how many functions a folder holds', () => {
    const rows = buildTree(names, new Set())
    expect(rows.find((row) => row.path === 'users' && row.kind === 'folder')).toMatchObject({
      count: 2,
      position: 1,
      siblings: 5,
    })
    expect(rows.find((row) => row.path === 'users/list')).toMatchObject({ position: 2, siblings: 2 })
  })
  test('no functions, no rows', () => {
    expect(buildTree([], new Set())).toEqual([])
  })
})

test('a copy gets a name that is free', () => {
  expect(copyName('a', [])).toBe('a-copy')
  expect(copyName('a', ['a-copy', 'a-copy-2'])).toBe('a-copy-3')
})
