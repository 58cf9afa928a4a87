import { describe, expect, test } from 'vitest'
import { changingPaths, recordedCase, schemaOf } from '../src/features/tests/record-case.ts'
import { diffLines } from '../src/features/tests/text-diff.tsx'

const response = {
  status: 201,
  statusText: 'Created',
  headers: [['Content-Type', 'application/json']] as [string, string][],
  body: '{"id":"65f1c0ffee65f1c0ffee0001","at":"2026-01-02T03:04:05.000Z","n":3}',
  bodyEncoding: 'utf8' as const,
  size: 70,
  truncated: false,
  firstByteMs: 1,
  durationMs: 2,
  requestId: 'r',
}

describe('a case that is recorded from a run', () => {
  test('expects status, type and body, without what is another every time', () => {
    expect(recordedCase('f', { method: 'POST', query: 'a=1' }, response)).toMatchObject({
      name: 'POST ?a=1 201',
      expectations: [
        { kind: 'status', status: 201 },
        { kind: 'header', name: 'content-type', match: 'equals', value: 'application/json' },
        { kind: 'body', body: response.body, ignore: ['$.id', '$.at'] },
      ],
    })
  })
  test('of bytes, or of a body that was cut, expects no body', () => {
    for (const part of [{ bodyEncoding: 'base64' as const }, { truncated: true }]) {
      const { expectations } = recordedCase('f', {}, { ...response, ...part })
      expect(expectations.map(({ kind }) => kind)).toEqual(['status', 'header'])
    }
  })
  test('finds what changes at any depth, once for a list', () => {
    const body = {
      items: [{ 'the id': '3f2504e0-4f89-11d3-9a0c-0305e82c3301' }, { 'the id': 'x' }],
      t: Date.now(),
    }
    expect(changingPaths(JSON.stringify(body))).toEqual(['$.items[*]["the id"]', '$.t'])
    expect(changingPaths('not json')).toEqual([])
  })
})

test('a schema says the types and fields of a value', () => {
  expect(schemaOf({ a: [1], b: null, c: 1.5 })).toEqual({
    type: 'object',
    required: ['a', 'b', 'c'],
    properties: {
      a: { type: 'array', items: { type: 'integer' } },
      b: { type: 'null' },
      c: { type: 'number' },
    },
  })
})

test('a difference has what is missing and what is new, with some lines around it', () => {
  const text = (n: number) =>
    Array.from({ length: 20 }, (_, i) => (i === 10 ? `line ${n}` : `${i}`)).join('\n')
  const lines = diffLines(text(1), text(2))
  expect(lines.filter(({ kind }) => kind === 'expected').map(({ text }) => text)).toEqual(['line 1'])
  expect(lines.filter(({ kind }) => kind === 'actual').map(({ text }) => text)).toEqual(['line 2'])
  expect(lines.length).toBeLessThan(12)
})
