import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publish, runningApp } from './support/apps.ts'
import { refused, signIn } from './support/client.ts'
import { OWNER, type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

let stack: Stack
let appid: string
beforeAll(async () => {
  stack = await startStack()
  appid = (await runningApp(stack)).appid
})
afterAll(() => stack[Symbol.asyncDispose]())

async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${stack.lathe.url}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...stack.api.headers, ...headers },
  })
  const { error } = (await response.json()) as { error: { message: string; data: Record<string, unknown> } }
  return { status: response.status, error, requestId: response.headers.get('x-request-id') }
}

describe('requests', () => {
  test('malformed JSON is INVALID_INPUT', async () => {
    const { status, error, requestId } = await post('/trpc/apps.create', '{"name":')
    expect(status).toBe(400)
    expect(error.data).toMatchObject({ reason: 'INVALID_INPUT', httpStatus: 400 })
    expect(requestId).toMatch(/^[\w-]{8,}/)
  })

  test.each(['application/xml', 'text/plain', 'multipart/form-data; boundary=x', 'application/octet-stream'])(
    'content type %s is refused',
    async (type) => {
      const { status, error } = await post('/trpc/apps.create', '--x--', { 'content-type': type })
      expect(status).toBe(415)
      expect(error.data.reason).toBe('INVALID_INPUT')
      expect(error.message).toContain('application/json')
    },
  )

  test('an unknown procedure is NOT_FOUND, an unknown address too', async () => {
    expect((await post('/trpc/apps.explode', '{}')).error.data).toMatchObject({
      reason: 'NOT_FOUND',
      details: { what: 'procedure', id: 'apps.explode' },
    })
    expect((await post('/api/nothing', '{}')).status).toBe(404)
  })

  test('an input of the wrong shape names the field', async () => {
    const error = await refused(stack.api.call('apps.create', { name: ' \u200b ' }))
    expect(error).toMatchObject({ status: 400, reason: 'INVALID_INPUT' })
    expect(error.message).toMatch(/^name: /)
  })

  test('a body beyond the limit is 413 and names it', async () => {
    const { status, error } = await post('/trpc/apps.create', `{"name":"${'x'.repeat(25 * 1024 * 1024)}"}`)
    expect(status).toBe(413)
    expect(error.data.reason).toBe('TOO_LARGE')
    expect(error.message).toContain('24 MiB')
  })

  test('queries answer to GET, changes do not', async () => {
    const input = encodeURIComponent(JSON.stringify({ appid }))
    const get = (path: string) =>
      fetch(`${stack.lathe.url}/trpc/${path}?input=${input}`, { headers: stack.api.headers })
    expect(await (await get('apps.get')).json()).toMatchObject({ result: { data: { appid } } })
    expect((await get('apps.stop')).status).toBe(405)
  })

  test('health is told to everybody', async () => {
    expect(await (await fetch(`${stack.lathe.url}/api/healthz`)).json()).toEqual({ status: 'ok' })
    expect(await (await fetch(`${stack.lathe.url}/api/readyz`)).json()).toMatchObject({
      database: true,
      gateways: 1,
    })
  })
})

describe('who calls', () => {
  test('nobody, and a bad token even with a good cookie, are UNAUTHENTICATED', async () => {
    expect(await post('/trpc/apps.create', '{"name":"x"}', { authorization: '' })).toMatchObject({
      status: 401,
    })
    const session = await signIn(stack.lathe.url, OWNER)
    const both = { ...session.headers, authorization: 'Bearer lathe_nonsense' }
    expect((await post('/trpc/apps.create', '{"name":"x"}', both)).error.data.reason).toBe('UNAUTHENTICATED')
  })

  test('a wrong password does not sign in, and does not tell whether the account exists', async () => {
    const attempt = async (email: string) => {
      const response = await fetch(`${stack.lathe.url}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: stack.lathe.url },
        body: JSON.stringify({ email, password: 'wrong password' }),
      })
      return { status: response.status, body: await response.json() }
    }
    const known = await attempt(OWNER.email)
    expect(known.status).toBe(401)
    expect(await attempt('nobody@example.com')).toEqual(known)
  })

  test('sign-up is closed', async () => {
    const response = await fetch(`${stack.lathe.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: stack.lathe.url },
      body: JSON.stringify({ email: 'new@example.com', password: 'long enough', name: 'New' }),
    })
    expect(response.status).toBe(404)
  })

  test('with a cookie, changes and streams have to come from the console; a bearer token needs no origin', async () => {
    const { headers } = await signIn(stack.lathe.url, OWNER)
    const bare = { authorization: '', cookie: headers.cookie! }
    const change = (more: Record<string, string>) =>
      raw('POST', '/trpc/apps.rename', { ...bare, ...more }, rename)
    const rename = JSON.stringify({ appid, name: 'renamed' })
    for (const origin of [`http://${appid}.localhost:${stack.lathe.port}`, 'null', 'https://evil.example']) {
      expect(await change({ origin })).toMatchObject({ status: 403, reason: 'BAD_ORIGIN' })
    }
    expect(await change({})).toMatchObject({ status: 403, reason: 'BAD_ORIGIN' })
    expect(await change({ origin: stack.lathe.url })).toMatchObject({ status: 200 })

    const input = encodeURIComponent(JSON.stringify({ appid, name: 'hello' }))
    const stream = (more: Record<string, string>) =>
      raw('GET', `/trpc/runs.execute?input=${input}`, {
        cookie: headers.cookie!,
        accept: 'text/event-stream',
        ...more,
      })
    expect(await stream({ 'sec-fetch-site': 'same-site' })).toMatchObject({ reason: 'BAD_ORIGIN' })
    expect(await stream({ origin: `http://${appid}.localhost:${stack.lathe.port}` })).toMatchObject({
      reason: 'BAD_ORIGIN',
    })
  })

  test('signing out and changing the password are refused from elsewhere', async () => {
    const { headers } = await signIn(stack.lathe.url, OWNER)
    const out = (origin: string) =>
      raw('POST', '/api/auth/sign-out', { cookie: headers.cookie!, origin }, '{}')
    expect(await out('http://evil.example')).toMatchObject({ status: 403 })
    expect(await out(stack.lathe.url)).toMatchObject({ status: 200 })
    expect(await raw('GET', '/trpc/account.me', { cookie: headers.cookie! })).toMatchObject({ status: 401 })
  })

  test('a token is shown once, works at once, and stops when it is revoked', async () => {
    const session = await signIn(stack.lathe.url, OWNER)
    const made = await session.call('tokens.create', { name: 'ci', expiresInDays: 3 })
    const me = () => raw('GET', '/trpc/account.me', { authorization: `Bearer ${made.token}` })
    expect(await me()).toMatchObject({ status: 200 })
    const listed = await session.call('tokens.list')
    const mine = listed.find(({ id }) => id === made.id)
    expect(mine).toMatchObject({ name: 'ci', start: made.token.slice(0, 10) })
    expect(JSON.stringify(listed)).not.toContain(made.token)
    await session.call('tokens.revoke', { id: made.id })
    expect(await me()).toMatchObject({ status: 401 })
    expect(await refused(session.call('tokens.revoke', { id: made.id }))).toMatchObject({
      reason: 'NOT_FOUND',
    })
  })

  test('the session cookie is out of scripts’ reach', async () => {
    const response = await fetch(`${stack.lathe.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: stack.lathe.url },
      body: JSON.stringify(OWNER),
    })
    expect(response.headers.getSetCookie()[0]).toMatch(/HttpOnly.*SameSite=Lax/i)
    expect(response.headers.getSetCookie()[0]).not.toMatch(/Domain=/i)
  })
})

describe('functions', () => {
  test.each([
    '..',
    '../secret',
    'a/../b',
    'a//b',
    '/a',
    'a/',
    '.hidden',
    'a.ts',
    'a%2f..',
    'a\\b',
    'a b',
    'a\u0000',
    '~bin',
    'x'.repeat(129),
    '',
  ])('the name %j is refused everywhere', async (name) => {
    const calls = [
      stack.api.call('functions.create', { appid, name }),
      stack.api.call('functions.get', { appid, name }),
      stack.api.call('functions.rename', { appid, name: 'hello', newName: name }),
    ]
    for (const error of await Promise.all(calls.map(refused))) {
      expect(error).toMatchObject({ reason: 'INVALID_INPUT' })
    }
  })

  test('traversal in a function’s URL stays inside the app', async () => {
    const url = `http://${appid}.localhost:${stack.lathe.port}`
    for (const path of ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fsecret']) {
      expect((await visit(url + path)).status).toBe(404)
    }
  })

  test('a source of 1 MB is published, one byte more is refused with the limit by name', async () => {
    const source = 'export default () => "big" //'
    const full = source + 'x'.repeat(1_000_000 - source.length)
    expect(await publish(stack, appid, 'big', full)).toMatchObject({ revision: 1 })
    for (const call of ['functions.saveDraft', 'functions.publish'] as const) {
      const input = { appid, name: 'big', source: `${full}x`, baseRevision: 1 }
      const error = await refused(stack.api.call(call, input))
      expect(error).toMatchObject({ reason: 'TOO_LARGE', details: { limit: 1_000_000, size: 1_000_001 } })
      expect(error.message).toContain('sourceBytes')
    }
    expect((await visit(`http://${appid}.localhost:${stack.lathe.port}/big`)).text).toBe('big')
  })

  test('half a character is refused with its place, in a draft as in a publish', async () => {
    await stack.api.call('functions.create', { appid, name: 'half' })
    for (const call of ['functions.saveDraft', 'functions.publish'] as const) {
      const input = { appid, name: 'half', source: 'const a = 1\nconst b = "\ud800"', baseRevision: 0 }
      const error = await refused(stack.api.call(call, input))
      expect(error.reason).toBe('COMPILE_ERROR')
      expect(error.details.markers).toMatchObject([{ line: 2, column: 12 }])
    }
  })

  test('a syntax error is refused with a marker, and nothing is written', async () => {
    await publish(stack, appid, 'syntax', 'export default () => 1')
    const error = await refused(
      publish(stack, appid, 'syntax', 'export default () => {\n  const a = "é😀" +\n}\n'),
    )
    expect(error).toMatchObject({ status: 422, reason: 'COMPILE_ERROR' })
    expect(error.details.markers).toMatchObject([{ line: 3, column: 1, severity: 'error' }])
    expect(await stack.api.call('functions.get', { appid, name: 'syntax' })).toMatchObject({
      liveRevision: 1,
    })
  })

  test.each([
    ['an import of what is not there', 'import x from "@/nowhere"\nexport default () => x'],
    ['a module that throws', 'throw new Error("no")\nexport default () => 1'],
  ])('%s is refused as LOAD_ERROR, and the old revision goes on', async (_what, source) => {
    const { liveRevision } = await stack.api
      .call('functions.get', { appid, name: 'load' })
      .catch(() => ({ liveRevision: 0 }))
    if (liveRevision === 0) await publish(stack, appid, 'load', 'export default () => "old"')
    const error = await refused(publish(stack, appid, 'load', source))
    expect(error.reason).toBe('LOAD_ERROR')
    expect(error.details.errors).toMatchObject([{ name: 'load' }])
    expect((await visit(`http://${appid}.localhost:${stack.lathe.port}/load`)).text).toBe('old')
  })
})

/** A request with exactly these headers: fetch adds some of its own, and forbids others. */
function raw(method: string, path: string, headers: Record<string, string>, body?: string) {
  const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''))
  return new Promise<{ status: number; reason: string | undefined }>((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: '127.0.0.1',
        port: stack.lathe.port,
        method,
        path,
        headers: { host: stack.lathe.consoleHost, 'content-type': 'application/json', ...sent },
        agent: false,
      },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, reason: /"reason":"(\w+)"/.exec(text)?.[1] })
        })
      },
    )
    outgoing.on('error', reject).end(body)
  })
}
