import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCurl, shellWords } from '../src/features/run/curl.ts'
import { emptyRequest, fromRunRequest, toCurl, toRunRequest } from '../src/features/run/request.ts'

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

  test('words are never lost nor invented', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }).filter((word) => !/'/.test(word))), (words) => {
        expect(shellWords(words.map((word) => `'${word}'`).join(' '))).toEqual(words)
      }),
    )
  })
})
