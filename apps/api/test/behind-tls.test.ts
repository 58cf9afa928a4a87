import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settingsSchema } from '@lathe/shared'
import { type Lathe, startLathe } from '@lathe/supervisor'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OWNER } from './support/stack.ts'
import { visit } from './support/visit.ts'

let data: string
let lathe: Lathe
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'lathe-tls-'))
  lathe = await startLathe(
    settingsSchema.parse({
      LATHE_PORT: '0',
      LATHE_DATA: data,
      LATHE_CONSOLE_HOST: 'https://console.example',
      LATHE_OWNER_EMAIL: OWNER.email,
      LATHE_OWNER_PASSWORD: OWNER.password,
    }),
  )
})
afterAll(async () => {
  await lathe[Symbol.asyncDispose]()
  await rm(data, { recursive: true, force: true })
})

/** As a proxy that ends TLS sends it on. */
function passedOn(path: string, origin: string, body?: unknown, cookie?: string) {
  const headers: Record<string, string> = { origin }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (cookie) headers.cookie = cookie
  return visit(`http://console.example:${lathe.port}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    host: 'console.example',
  })
}

test('the session’s cookie is Secure, HttpOnly and SameSite, and works', async () => {
  const signedIn = await passedOn('/api/auth/sign-in/email', 'https://console.example', OWNER)
  expect(signedIn.status).toBe(200)
  const cookie = signedIn.headers['set-cookie']!.find((one) => one.includes('session_token'))!
  expect(cookie).toMatch(/^__Secure-lathe/)
  for (const flag of ['Secure', 'HttpOnly', 'SameSite=Lax']) expect(cookie).toContain(flag)
  const session = cookie.split(';')[0]!
  const created = await passedOn('/trpc/apps.create', 'https://console.example', { name: 'tls' }, session)
  expect(JSON.parse(created.text).result.data.url).toMatch(/^https:\/\/[a-z0-9]{6}\./)
  const plain = await passedOn('/trpc/apps.create', 'http://console.example', { name: 'no' }, session)
  expect(plain.status).toBe(403)
})

test('browsers are told to stay with TLS', async () => {
  const page = await passedOn('/', 'https://console.example')
  expect(page.headers['strict-transport-security']).toBe('max-age=63072000')
})
