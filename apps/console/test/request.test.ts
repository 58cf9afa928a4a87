import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatQuery, parseQuery } from '../src/features/run/query-pairs.ts'
import { emptyRequest, headersOf, jsonProblem, toRunRequest } from '../src/features/run/request.ts'
import { toCurl } from '../src/features/run/written.ts'

const on = (name: string, value: string) => ({ name, value, on: true })

describe('headers of a request', () => {
  test('a JSON body brings its content type, a written one wins whatever its case', () => {
    const request = { ...emptyRequest, method: 'POST' as const, body: '{}' }
    expect(headersOf(request)).toEqual({ 'content-type': 'application/json' })
    expect(headersOf({ ...request, headers: [on('Content-Type', 'text/csv')] })).toEqual({
      'Content-Type': 'text/csv',
    })
  })
  test('GET sends neither body nor content type', () => {
    const request = { ...emptyRequest, body: '{}' }
    expect(headersOf(request)).toEqual({})
    expect(toRunRequest(request).body).toBeNull()
  })
  test('rows that are off or nameless are not sent', () => {
    expect(
      headersOf({
        ...emptyRequest,
        headers: [{ name: 'a', value: '1', on: false }, on(' ', '2'), on(' b ', '3')],
      }),
    ).toEqual({ b: '3' })
  })
  test('a bearer token becomes the authorization header unless there is one', () => {
    const bearer = { ...emptyRequest, auth: 'bearer' as const }
    expect(headersOf({ ...bearer, bearer: ' t ' })).toEqual({ authorization: 'Bearer t' })
    expect(headersOf({ ...bearer, bearer: 't', headers: [on('Authorization', 'Basic x')] })).toEqual({
      Authorization: 'Basic x',
    })
  })
})

describe('query and path', () => {
  test('a path without its slash gets one, none stays none', () => {
    expect(toRunRequest({ ...emptyRequest, path: 'a/b' }).path).toBe('/a/b')
    expect(toRunRequest({ ...emptyRequest, path: ' ' }).path).toBe('')
  })
  test('a leading question mark is not part of the query', () => {
    expect(toRunRequest({ ...emptyRequest, query: '?a=1' }).query).toBe('a=1')
  })
  test('what cannot be decoded stays as it is', () => {
    expect(parseQuery('a=%E0%A4%A&b')).toEqual([on('a', '%E0%A4%A'), on('b', '')])
  })
  test('rows survive the way into the query and back', () => {
    const text = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(fc.array(fc.tuple(text.filter(Boolean), text)), (rows) => {
        const pairs = rows.map(([name, value]) => on(name, value))
        expect(parseQuery(formatQuery(pairs))).toEqual(pairs)
      }),
    )
  })
})

test('a JSON body says what is wrong with it', () => {
  expect(jsonProblem(' ')).toBeNull()
  expect(jsonProblem('{"a":1}')).toBeNull()
  expect(jsonProblem('{"a":')).toMatch(/JSON/)
})

test('curl is quoted for a shell', () => {
  const request = {
    ...emptyRequest,
    method: 'POST' as const,
    path: '/x',
    query: "q=it's",
    body: `{"a":"b'c"}`,
  }
  expect(toCurl('http://a.localhost/f', request)).toBe(
    `curl -X POST 'http://a.localhost/f/x?q=it'\\''s' -H 'content-type: application/json' --data-raw '{"a":"b'\\''c"}'`,
  )
})
