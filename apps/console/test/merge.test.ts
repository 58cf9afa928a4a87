import { describe, expect, test } from 'vitest'
import { mergeSources } from '../src/editor/merge.ts'

const base = 'a\nb\nc\nd\ne\n'

describe('three-way merge', () => {
  test('takes both sides’ changes where they do not touch', () => {
    expect(mergeSources(base, 'A\nb\nc\nd\ne\n', 'a\nb\nc\nd\nE\n')).toEqual({
      text: 'A\nb\nc\nd\nE\n',
      conflicts: 0,
    })
  })
  test('the same change on both sides is no conflict', () => {
    expect(mergeSources(base, 'x\nb\nc\nd\ne\n', 'x\nb\nc\nd\ne\n')).toEqual({
      text: 'x\nb\nc\nd\ne\n',
      conflicts: 0,
    })
  })
  test('keeps yours where both changed the same line, and counts it', () => {
    expect(mergeSources(base, 'a\nb\nmine\nd\ne\n', 'a\nb\ntheirs\nd\ne\n')).toEqual({
      text: 'a\nb\nmine\nd\ne\n',
      conflicts: 1,
    })
  })
  test('without a base there is nothing to merge by: yours stands', () => {
    expect(mergeSources(null, 'mine', 'theirs')).toEqual({ text: 'mine', conflicts: 1 })
    expect(mergeSources(null, 'same', 'same')).toEqual({ text: 'same', conflicts: 0 })
  })
})
