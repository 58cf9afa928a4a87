import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCurl } from '../src/features/run/curl.ts'
import { emptyRequest, type Field, fromRunRequest, toRunRequest } from '../src/features/run/request.ts'
import { shellWords } from '../src/features/run/shell-words.ts'
import { toCurl, toFetch } from '../src/features/run/written.ts'

describe('a pasted curl command', () => {
  test('as a browser copies it becomes the panel’s request', () => {
    const text = `curl 'http://abc234.localhost:8000/users/list/7?page=2' \\
  -X 'PUT' \\
  -H 'content-type: application/json' \\
  -H "x-mine: it's \\"quoted\\"" \\
  --data-raw $'{"name":"J\\u00f6rg\\n"}' --compressed`
    expect(parseCurl(text, 'users/list')).toMatchObject({
      method: 'PUT',
      path: '/7',
      query: 'page=2',
      headers: [
        { name: 'content-type', value: 'application/json', on: true },
        { name: 'x-mine', value: 'it\'s "quoted"', on: true },
      ],
      bodyKind: 'json',
      body: '{"name":"Jörg\n"}',
    })
  })

  test.each([
    ['curl localhost/f -d a=1 -d b=2', { method: 'POST', body: 'a=1&b=2', bodyKind: 'form' }],
    ['curl -G localhost/f?x=0 -d a=1', { method: 'GET', query: 'x=0&a=1', body: '' }],
    ['curl -XDELETE localhost/other', { method: 'DELETE', path: '' }],
    [`curl localhost/f --json '{}'`, { method: 'POST', body: '{}', bodyKind: 'json' }],
    ['curl -I localhost/f', { method: 'HEAD' }],
    ['curl --get localhost/f', { method: 'GET' }],
    ['curl localhost/f --data-urlencode "a=b &c"', { body: 'a=b%20%26c', bodyKind: 'form' }],
    [
      'curl -u "ä:p:w" localhost/f',
      { method: 'GET', headers: [{ name: 'authorization', value: 'Basic w6Q6cDp3', on: true }] },
    ],
    [
      'curl --data-binary @a/b.bin -H "content-type: image/png" localhost/f',
      { method: 'POST', bodyKind: 'binary', file: { fileName: 'a/b.bin', type: 'image/png', data: null } },
    ],
    ['curl -T x.txt localhost/f', { method: 'PUT', bodyKind: 'binary', file: { fileName: 'x.txt' } }],
    [
      `curl localhost/f -F 'a=1;type=text/plain' -F 'f=@"a;b.png";type=image/png;filename="c \\"d\\".png"' --form-string 't=@x;y'`,
      {
        method: 'POST',
        bodyKind: 'multipart',
        fields: [
          { name: 'a', value: '1', on: true, file: null },
          { name: 'f', value: '', on: true, file: { fileName: 'c "d".png', type: 'image/png', data: null } },
          { name: 't', value: '@x;y', on: true, file: null },
        ],
      },
    ],
  ])('%s', (text, expected) => {
    expect(parseCurl(text, 'f')).toMatchObject(expected)
  })

  test.each(['', 'wget x', 'curling', 'curl -X BREW localhost'])('is none: %s', (text) => {
    expect(parseCurl(text, 'f')).toBeNull()
  })

  test('that the panel wrote is read back as it was', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((one) => !/[\r\n]/.test(one))
    fc.assert(
      fc.property(text, text, (value, body) => {
        const request = {
          ...emptyRequest,
          method: 'POST' as const,
          headers: [{ name: 'x-mine', value: value.trim(), on: true }],
          body,
        }
        const read = parseCurl(toCurl('http://abc234.localhost:8000/f', request), 'f')
        const sent = toRunRequest(request)
        expect(read && toRunRequest(read)).toEqual(sent)
        expect(toRunRequest(fromRunRequest(sent))).toEqual(sent)
      }),
    )
  })

  test('of a form with files, too: the files are to be chosen again', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((one) => !/[\r\n=]/.test(one))
    const field: fc.Arbitrary<Field> = fc.oneof(
      fc.record({ name: text, value: text, on: fc.constant(true), file: fc.constant(null) }),
      fc.record({
        name: text,
        value: fc.constant(''),
        on: fc.constant(true),
        file: fc.record({
          fileName: text.filter((one) => one.trim() !== ''),
          type: fc.constantFrom('', 'image/png'),
          data: fc.constant(null),
        }),
      }),
    )
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), (fields) => {
        const request = { ...emptyRequest, method: 'POST' as const, bodyKind: 'multipart' as const, fields }
        expect(parseCurl(toCurl('http://abc234.localhost:8000/f', request), 'f')?.fields).toEqual(fields)
      }),
    )
  })

  test('words are never lost nor invented', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }).filter((word) => !/'/.test(word))), (words) => {
        expect(shellWords(words.map((word) => `'${word}'`).join(' '))).toEqual(words)
      }),
    )
  })
})

test('a form is written for fetch with its fields, files as variables', () => {
  const field = (name: string, value: string): Field => ({ name, value, on: true, file: null })
  const file: Field = { ...field('f', ''), file: { fileName: 'a.png', type: 'image/png', data: 'AA==' } }
  const request = {
    ...emptyRequest,
    method: 'POST' as const,
    bodyKind: 'multipart' as const,
    fields: [field('a', '"1"'), file],
  }
  expect(toFetch('http://a.localhost/f', request)).toBe(`const form = new FormData()
form.append("a", "\\"1\\"")
form.append("f", file2, "a.png")
await fetch("http://a.localhost/f", {
  method: "POST",
  body: form
})`)
})
