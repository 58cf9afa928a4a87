import type { Check, Expectation, RunResponse } from '@lathe/shared'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { jsonpath } from 'json-p3'
import { withoutPaths } from './json-paths.ts'
import { deepEqual, pretty } from './json-text.ts'

type Kind<K extends Expectation['kind']> = Extract<Expectation, { kind: K }>
type Answer = Pick<RunResponse, 'status' | 'headers' | 'body' | 'bodyEncoding' | 'durationMs'>
/** What is wrong; null when nothing is. */
type Wrong = { message: string; expected?: string; actual?: string } | null

/** Compares a response with what is expected of it. Never throws: an expectation that cannot be used has failed. */
export function checkAll(response: Answer, expectations: Expectation[]): Check[] {
  return expectations.map((expectation) => {
    const { kind } = expectation
    const wrong = guarded(() => wrongWith(response, expectation))
    return {
      kind,
      passed: wrong === null,
      subject: 'path' in expectation ? expectation.path : 'name' in expectation ? expectation.name : '',
      message: wrong?.message ?? '',
      expected: wrong?.expected ?? null,
      actual: wrong?.actual ?? null,
    }
  })
}

function guarded(check: () => Wrong): Wrong {
  try {
    return check()
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error) }
  }
}

function wrongWith(response: Answer, expectation: Expectation): Wrong {
  switch (expectation.kind) {
    case 'status':
      return response.status === expectation.status
        ? null
        : differs('status', String(expectation.status), String(response.status))
    case 'header':
      return wrongHeader(response, expectation)
    case 'json':
      return wrongJson(response, expectation)
    case 'schema':
      return wrongSchema(response, expectation)
    case 'body':
      return wrongBody(response, expectation)
    case 'duration':
      return response.durationMs <= expectation.maxMs
        ? null
        : { message: `took ${response.durationMs} ms; at most ${expectation.maxMs} ms are allowed` }
  }
}

function differs(what: string, expected: string, actual: string): Wrong {
  return { message: `${what} is not what was expected`, expected, actual }
}

function wrongHeader(response: Answer, { name, match, value }: Kind<'header'>): Wrong {
  const lower = name.toLowerCase()
  const found = response.headers.filter(([one]) => one.toLowerCase() === lower).map(([, text]) => text)
  if (found.length === 0) return { message: `there is no header ${lower}` }
  const actual = found.join(', ')
  if (match === 'exists') return null
  const holds =
    match === 'equals'
      ? actual === value
      : match === 'contains'
        ? actual.includes(value)
        : new RegExp(value, 'u').test(actual)
  return holds ? null : compared(lower, match, value, actual)
}

function wrongJson(response: Answer, { path, match, value }: Kind<'json'>): Wrong {
  const found = jsonpath.query(path, json(response)).values()
  if (found.length === 0) return { message: `${path} finds nothing` }
  if (match === 'exists') return null
  const expected: unknown = JSON.parse(value)
  const [actual] = found
  const holds =
    match === 'equals'
      ? deepEqual(actual, expected)
      : match === 'contains'
        ? contains(actual, expected)
        : new RegExp(String(expected), 'u').test(typeof actual === 'string' ? actual : JSON.stringify(actual))
  return holds ? null : compared(path, match, pretty(expected), pretty(actual))
}

function compared(subject: string, match: Kind<'json'>['match'], expected: string, actual: string): Wrong {
  if (match === 'equals') return differs(subject, expected, actual)
  return {
    message: `${subject} does not ${match === 'contains' ? 'contain' : 'match'} this`,
    expected,
    actual,
  }
}

/** Of a text a part, of a list an element, of an object some of its fields. */
function contains(actual: unknown, part: unknown): boolean {
  if (typeof actual === 'string') return actual.includes(String(part))
  if (Array.isArray(actual)) return actual.some((one) => deepEqual(one, part))
  if (typeof actual !== 'object' || actual === null || typeof part !== 'object' || part === null) {
    return deepEqual(actual, part)
  }
  const has = actual as Record<string, unknown>
  return Object.entries(part).every(([key, one]) => Object.hasOwn(has, key) && deepEqual(has[key], one))
}

function wrongSchema(response: Answer, { schema }: Kind<'schema'>): Wrong {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false, logger: false })
  const validate = ajv.compile(JSON.parse(schema))
  if (validate(json(response))) return null
  const errors = (validate.errors ?? []).slice(0, 20)
  return {
    message: errors.map((one) => `${one.instancePath || '/'} ${one.message ?? one.keyword}`).join('\n'),
  }
}

function wrongBody(response: Answer, { body, ignore }: Kind<'body'>): Wrong {
  const expected = parse(body)
  const actual = response.bodyEncoding === 'utf8' ? parse(response.body) : undefined
  if (expected === undefined || actual === undefined) {
    return response.body === body ? null : differs('the body', body, response.body)
  }
  const [left, right] = [withoutPaths(expected, ignore), withoutPaths(actual, ignore)]
  return deepEqual(left, right) ? null : differs('the body', pretty(left), pretty(right))
}

function json(response: Answer): never {
  const value = response.bodyEncoding === 'utf8' ? parse(response.body) : undefined
  if (value === undefined) throw new Error('the body is not JSON')
  return value as never
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
