import { existsSync, readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { unit } from './support/compile.ts'
import { RuntimeProcess } from './support/runtime-process.ts'

let runtime: RuntimeProcess

beforeAll(async () => {
  runtime = await RuntimeProcess.start({
    env: { SERVER_SECRET: 'the app’s own secret', COLOUR: 'red' },
    functions: [
      unit(
        '__init__',
        'import cloud from "@lathe/cloud"\nexport default async () => { await null; cloud.shared.set("init", (cloud.shared.get("init") ?? 0) as number + 1) }',
      ),
      unit(
        '__interceptor__',
        `export default async (ctx: any, next: any) => {
          if (ctx.headers['x-stop']) { ctx.response.status(403); return { stopped: true } }
          const value = await next(ctx)
          return ctx.headers['x-wrap'] ? { wrapped: value } : value
        }`,
      ),
      unit(
        '__websocket__',
        `import cloud from '@lathe/cloud'
        export async function main(ctx: any) {
          if (ctx.method === 'WebSocket:connection') ctx.socket.send('welcome ' + ctx.query.name + ' ' + cloud.sockets.size)
          if (ctx.method === 'WebSocket:message') { if (ctx.params.data === 'fail') throw new Error('in a socket'); ctx.socket.send('echo ' + ctx.params.data) }
          if (ctx.method === 'WebSocket:close') console.log('closed', cloud.sockets.size)
        }`,
      ),
      unit(
        'cloud',
        `import cloud from '@lafjs/cloud'
        export default async (ctx: any) => ({ appid: cloud.appid, colour: cloud.env.COLOUR, init: cloud.shared.get('init') })`,
      ),
      unit(
        'adds',
        'export default (ctx: any) => { console.log("adding"); return { sum: ctx.body.a + ctx.body.b, name: ctx.functionName, id: ctx.requestId, query: ctx.query.q } }',
      ),
      unit(
        'calls',
        `import cloud from '@lathe/cloud'
        export default async () => cloud.invoke('adds', { body: { a: 1, b: 2 } })`,
      ),
      unit(
        'token',
        `import cloud from '@lathe/cloud'
        export default (ctx: any) => {
          const token = cloud.getToken({ uid: 7 })
          const [h, p, s] = token.split('.')
          const none = Buffer.from('{"alg":"none"}').toString('base64url') + '.' + p + '.'
          return { token, good: (cloud.parseToken(token) as any)?.uid, forged: cloud.parseToken(h + '.' + p + '.' + s.slice(1) + 'A'), none: cloud.parseToken(none), expired: cloud.parseToken(cloud.getToken({ exp: 1 })), odd: cloud.parseToken('x'), user: ctx.user }
        }`,
      ),
      unit(
        'files',
        `import { readFileSync } from 'node:fs'
        export default (ctx: any) => ({ body: ctx.body, files: ctx.files.map((f: any) => ({ ...f, path: undefined, destination: undefined, text: readFileSync(f.path, 'utf8').slice(0, 20) })) })`,
        { bodyLimit: 200_000 },
      ),
      unit(
        'events',
        `export default (ctx: any) => {
          let n = 0
          return new Response(new ReadableStream({ async pull(c) { await new Promise(r => setTimeout(r, 1)); if (n++ === 3) c.close(); else c.enqueue('data: ' + n + '\\n\\n') } }), { headers: { 'content-type': 'text/event-stream' } })
        }`,
      ),
      unit(
        'slow-reader',
        `let produced = 0
        export const GET = () => new ReadableStream({ pull(c) { produced++; c.enqueue(new Uint8Array(65536)) } })
        export const POST = () => produced`,
      ),
      unit(
        'old',
        `exports
        import cloud from '@lafjs/cloud'
        export async function main(ctx: FunctionContext) { return { data: ctx.query, ok: true } }`.replace(
          'exports\n',
          '',
        ),
      ),
      unit(
        'context',
        `export default (ctx: any) => ({ method: ctx.method, keys: Object.keys(ctx.headers).includes('host'), trigger: ctx.trigger, web: [ctx.webRequest.method, new URL(ctx.webRequest.url).search], ip: ctx.request.ip, get: ctx.request.get('X-Some'), body: ctx.body, text: undefined })`,
      ),
      unit(
        'web-body',
        'export default async (ctx: any) => ({ json: await ctx.webRequest.json(), body: ctx.body })',
      ),
    ],
  })
})
afterAll(() => runtime.stop())

test('__init__ has run once before the first request', async () => {
  expect((await runtime.ask('/cloud')).json).toEqual({ appid: 'abcdef', colour: 'red', init: 1 })
})

describe('__interceptor__', () => {
  test('lets through, wraps, and stops', async () => {
    expect((await runtime.ask('/old?a=1')).json).toEqual({ data: { a: '1' }, ok: true })
    expect((await runtime.ask('/old', { headers: { 'x-wrap': '1' } })).json).toEqual({
      wrapped: { data: {}, ok: true },
    })
    const stopped = await runtime.ask('/old', { headers: { 'x-stop': '1' } })
    expect([stopped.status, stopped.json]).toEqual([403, { stopped: true }])
  })
})

describe('cloud', () => {
  test('invoke calls another function in place, with its own name in the log', async () => {
    const answer = await runtime.ask('/calls?q=seen', { headers: { 'x-request-id': 'req-calls' } })
    expect(answer.json).toEqual({ sum: 3, name: 'adds', id: 'req-calls', query: 'seen' })
    const line = await runtime.api.line((l) => l.text === 'adding')
    expect(line).toMatchObject({ functionName: 'adds', requestId: 'req-calls' })
  })
  test('tokens are signed with the app’s secret, and nothing else passes', async () => {
    const { token, ...rest } = (await runtime.ask('/token')).json
    expect(rest).toEqual({ good: 7, forged: null, none: null, expired: null, odd: null, user: null })
    const again = await runtime.ask('/token', { headers: { authorization: `Bearer ${token}` } })
    expect(again.json.user).toMatchObject({ uid: 7 })
  })
})

describe('forms with files', () => {
  const form = (parts: [string, string, string?][]) => {
    const body = new FormData()
    for (const [name, value, filename] of parts) {
      if (filename === undefined) body.append(name, value)
      else body.append(name, new Blob([value], { type: 'text/plain' }), filename)
    }
    const response = new Response(body)
    return response.arrayBuffer().then((bytes) => ({
      method: 'POST',
      headers: { 'content-type': response.headers.get('content-type')! },
      body: Buffer.from(bytes),
    }))
  }
  test('arrive as fields and files, and the files are deleted afterwards', async () => {
    const answer = await runtime.ask(
      '/files',
      await form([
        ['a', '1'],
        ['f', 'content', '../../x.txt'],
        ['a', '2'],
      ]),
    )
    expect(answer.json.body).toEqual({ a: ['1', '2'] })
    expect(answer.json.files).toEqual([
      {
        fieldname: 'f',
        originalname: 'x.txt',
        mimetype: 'text/plain',
        encoding: '7bit',
        size: 7,
        filename: '1',
        text: 'content',
      },
    ])
    const uploads = `${runtime.appDir}/tmp/uploads`
    await expect
      .poll(() => (existsSync(uploads) ? readdirSync(uploads) : []), { timeout: 30_000 })
      .toEqual([])
  })
  test('over the limit are 413, malformed ones 400', async () => {
    expect((await runtime.ask('/files', await form([['f', 'x'.repeat(300_000), 'big']]))).status).toBe(413)
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    expect((await runtime.ask('/files', { method: 'POST', headers, body: '--x\r\nnonsense' })).status).toBe(
      400,
    )
    const none = { 'content-type': 'multipart/form-data; a=b' }
    expect((await runtime.ask('/files', { method: 'POST', headers: none, body: 'x' })).status).toBe(400)
  })
})

describe('streams', () => {
  test('server-sent events arrive one by one', async () => {
    const res = await runtime.open('/events')
    expect(res.headers['content-type']).toBe('text/event-stream')
    const chunks: string[] = []
    for await (const chunk of res) chunks.push(String(chunk))
    expect(chunks.join('')).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n')
    expect(chunks.length).toBeGreaterThan(1)
  })
  test('wait for a slow reader', async () => {
    const res = await runtime.open('/slow-reader', { agent: false })
    await new Promise((resolve) => res.once('data', resolve))
    res.pause()
    const produced = async () => Number((await runtime.ask('/slow-reader', { method: 'POST' })).text)
    let last = -1
    await expect
      .poll(
        async () => {
          const before = last
          last = await produced()
          return last === before
        },
        { timeout: 30_000, interval: 100 },
      )
      .toBe(true)
    expect(last).toBeLessThan(200)
    res.destroy()
  })
})

test('ctx has what the request was', async () => {
  const answer = await runtime.ask('/context/rest?x=1', {
    headers: { 'x-some': 'v', 'x-forwarded-for': '10.1.2.3, 10.0.0.1' },
  })
  expect(answer.json).toEqual({
    method: 'GET',
    keys: true,
    trigger: 'http',
    web: ['GET', '?x=1'],
    ip: '10.1.2.3',
    get: 'v',
  })
  const body = await runtime.ask('/web-body', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
  })
  expect(body.json).toEqual({ json: { a: 1 }, body: { a: 1 } })
})

test.each([
  ['content-type', 'application/json', { a: 1 }],
  ['CONTENT-Type', ' \t application/json ; charset=utf-8 \t', { a: 1 }],
  ['content-type', `text/plain;${' '.repeat(4_000)}x=y`, '{"a":1}'],
  ['x-content-type', 'application/json', { type: 'Buffer', data: [...Buffer.from('{"a":1}')] }],
])('a body is what its field %s: %s says', async (name, value, expected) => {
  const body = '{"a":1}'
  const answer = await runtime.ask('/web-body', { method: 'POST', headers: { [name]: value }, body })
  expect(answer.json).toEqual({ json: { a: 1 }, body: expected })
})

describe('__websocket__', () => {
  const connect = (path: string) => new WebSocket(`ws+unix:${runtime.socketPath}:${path}`)
  const next = (socket: WebSocket) =>
    new Promise<string>((resolve, reject) => {
      socket.once('message', (data) => resolve(String(data)))
      socket.once('error', reject)
    })
  test('hears connections, messages and their end; a failing event ends nothing', async () => {
    const socket = connect('/any?name=Ada')
    expect(await next(socket)).toBe('welcome Ada 1')
    socket.send('fail')
    socket.send('x')
    expect(await next(socket)).toBe('echo x')
    await runtime.api.line(
      (line) => line.functionName === '__websocket__' && line.text.includes('in a socket'),
    )
    await runtime.api.publish('ws', [
      unit(
        '__websocket__',
        'export default (ctx: any) => { if (ctx.method === "WebSocket:message") ctx.socket.send("new " + ctx.params.data); else console.log(ctx.method) }',
      ),
    ])
    socket.send('y')
    expect(await next(socket)).toBe('new y')
    socket.close()
    await runtime.api.line((line) => line.text === 'WebSocket:close')
  })
})

describe('an app without', () => {
  test('__websocket__ refuses connections; one whose interceptor is broken lets nothing through', async () => {
    const other = await RuntimeProcess.start({
      functions: [
        unit('hello', 'export default () => 1'),
        unit('__interceptor__', 'import "nope"\nexport default 1'),
      ],
    })
    try {
      const socket = new WebSocket(`ws+unix:${other.socketPath}:/`)
      await expect(
        new Promise((resolve, reject) => {
          socket.once('open', resolve)
          socket.once('error', reject)
        }),
      ).rejects.toThrow('404')
      const answer = await other.ask('/hello')
      expect([answer.status, answer.json.error.code]).toEqual([500, 'FUNCTION_LOAD_FAILED'])
    } finally {
      await other.stop()
    }
  })
})
