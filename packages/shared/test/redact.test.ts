import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSecretName, REDACTED, redactJson, redactPairs } from '../src/redact.ts'

test.each([
  'authorization',
  'Cookie',
  'x-api-key',
  'apiKey',
  'X-Auth-Token',
  'password',
  'newPassword',
  'user_password',
  'client_secret',
  'clientSecret',
  'access_token',
  'refreshToken',
  'sessionId',
  'X-Hub-Signature-256',
  'stripe-signature',
  'jwt',
  'otp',
  'pin',
  'csrf',
])('%s is a secret', (name) => expect(isSecretName(name)).toBe(true))

test.each([
  'author',
  'accept',
  'content-type',
  'keyboard',
  'monkey',
  'pinned',
  'design',
  'user-agent',
  'assigned',
  'name',
  'id',
])('%s is none', (name) => expect(isSecretName(name)).toBe(false))

const secretName = fc.constantFrom('password', 'apiKey', 'access_token', 'Authorization')
const secret = fc.stringMatching(/^S3CR3T[a-z0-9]{8,20}$/)

test('no value of a secret name is left in a form, and the others are as they were', () => {
  const other = fc.tuple(fc.constantFrom('a', 'name', 'q'), fc.string())
  fc.assert(
    fc.property(fc.array(other), secretName, secret, fc.nat(10), (others, name, value, at) => {
      const pairs = others.map(([key, text]) => `${key}=${encodeURIComponent(text)}`)
      const text = pairs.toSpliced(at, 0, `${name}=${value}`).join('&')
      const redacted = redactPairs(text)
      expect(redacted).not.toContain(value)
      const left = redacted.split('&').filter((pair) => !pair.endsWith(encodeURIComponent(REDACTED)))
      expect(left).toEqual(pairs)
    }),
  )
})

test('no value of a secret name is left in JSON, however deep, and what has none stays byte for byte', () => {
  fc.assert(
    fc.property(
      fc.json(),
      secretName,
      fc.oneof(secret, fc.array(secret, { minLength: 1 })),
      (json, name, value) => {
        const text = `{"kept":${json},"deep":[{"${name}":${JSON.stringify(value)}}]}`
        const redacted = redactJson(text)
        expect(redacted).not.toContain('S3CR3T')
        expect(JSON.parse(redacted).deep).toEqual([{ [name]: REDACTED }])
      },
    ),
  )
  const long = '{"id": 12345678901234567890,  "name":"x"}'
  expect(redactJson(long)).toBe(long)
})
