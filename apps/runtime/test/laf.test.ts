import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { unit } from './support/compile.ts'
import { RuntimeProcess } from './support/runtime-process.ts'

/** Functions as people have written them for Laf 1.x, by its documentation and its own runtime. */
const functions = {
  request: `import cloud from '@lafjs/cloud'
export default async function (ctx: FunctionContext) {
  const got = await cloud.fetch(ctx.query.service + '/echo', { params: { q: 1 } })
  const posted = await cloud.fetch.post(ctx.query.service + '/echo', { name: 'laf' }, { headers: { 'x-some': 'yes' } })
  const form = await cloud.fetch({ url: ctx.query.service + '/echo', method: 'put', data: new URLSearchParams({ a: '1' }) })
  const missing = await cloud.fetch.get(ctx.query.service + '/missing').catch((err) => [err.response.status, cloud.fetch.isAxiosError(err)])
  return { got: got.data, posted: [posted.status, posted.data, posted.headers['content-type']], form: form.data, missing }
}`,
  'old-name': `import cloud from '@/cloud-sdk'
export async function main(ctx: FunctionContext) {
  return { appid: cloud.appid, name: ctx.__function_name, auth: ctx.auth }
}`,
  'sign-in': `import cloud from '@lafjs/cloud'
import { createHash } from 'crypto'
export default async function (ctx: FunctionContext) {
  const { username, password } = ctx.body || {}
  if (!username || !password) return ctx.response.status(400).send({ error: 'invalid' })
  const access_token = cloud.getToken({ uid: username, exp: Math.floor(Date.now() / 1000) + 60 * 60 * 24 * 7 })
  const others = cloud.getToken({ uid: 'partner' }, 'a secret of both')
  return {
    access_token,
    hash: createHash('sha256').update(password).digest('hex').length,
    partner: [cloud.parseToken(others), cloud.parseToken(others, 'a secret of both')?.uid, cloud.parseToken(others, 'another')],
  }
}`,
  me: `export default async function (ctx: FunctionContext) {
  const uid = ctx.user?.uid
  if (!uid) return ctx.response.sendStatus(401)
  return { uid, auth: ctx.auth.uid, onRequest: ctx.request.user.uid }
}`,
  express: `export default async function (ctx: FunctionContext) {
  const { request: req, response: res } = ctx
  res.header('x-one', '1').append('x-many', 'a').append('x-many', 'b').clearCookie('sid')
  res.type('json').status(202)
  return res.send(JSON.stringify({
    query: req.query, body: req.body, files: req.files.length, host: req.hostname, secure: req.secure,
    header: req.header('X-Ask'), one: res.get('x-one'),
  }))
}`,
  upload: `export default async function (ctx: FunctionContext) {
  const file = ctx.files[0]
  return { name: file.originalname, whole: file.path === file.destination + '/' + file.filename, on: ctx.request.files === ctx.files }
}`,
  caller: `import cloud from '@lafjs/cloud'
export default async (ctx: FunctionContext) => {
  const inRequest = await cloud.invoke('called', { body: { n: 1 } })
  const later = await cloud.shared.get('later')
  return { inRequest, later }
}`,
  called: `export default async (ctx: FunctionContext) => ({ name: ctx.__function_name, method: ctx.method, body: ctx.body })`,
  __init__: `import cloud from '@lafjs/cloud'
export default async function (ctx: FunctionContext) {
  cloud.shared.set('init', [ctx.method, ctx.__function_name])
  cloud.shared.set('later', cloud.invoke('called', { body: 'none' }))
}`,
  init: `import cloud from '@lafjs/cloud'
export default () => cloud.shared.get('init')`,
  storage: `import cloud from '@lafjs/cloud'
export default async function (ctx: FunctionContext) {
  const bucket = cloud.storage.bucket('data')
  await bucket.writeFile('a.txt', 'text')
}`,
  __websocket__: `import cloud from '@lafjs/cloud'
export async function main(ctx: FunctionContext) {
  if (ctx.method === 'WebSocket:connection') ctx.socket.send('hi ' + ctx.__function_name)
  if (ctx.method === 'WebSocket:message') {
    const { data, isBinary } = ctx.params
    if (data.toString() === 'leave') ctx.socket.close(4001, 'as you wish')
    else ctx.socket.send([data.toString(), isBinary].join())
  }
  if (ctx.method === 'WebSocket:close') cloud.shared.get('closed')(ctx.params)
}`,
  closed: `import cloud from '@lafjs/cloud'
const closed = new Promise((resolve) => cloud.shared.set('closed', resolve))
export default async () => closed.then(({ code, reason }) => ({ code, reason: reason.toString() }))`,
}

const start = (more: Record<string, string> = {}) =>
  RuntimeProcess.start({
    functions: Object.entries({ ...functions, ...more }).map(([name, source]) => unit(name, source)),
  })
const json = (body: unknown) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

let runtime: RuntimeProcess
let service: Server
beforeAll(async () => {
  service = createServer(async (req, res) => {
    res.statusCode = req.url === '/missing' ? 404 : 200
    res.setHeader('content-type', 'application/json')
    const { method, url, headers } = req
    res.end(JSON.stringify({ method, url, some: headers['x-some'], body: await text(req) }))
  })
  service.listen(0, '127.0.0.1')
  await once(service, 'listening')
  runtime = await start()
})
afterAll(async () => {
  await runtime?.stop()
  service?.close()
})

describe('cloud', () => {
  test('fetch is Axios: parameters, JSON, forms, headers, errors with their response', async () => {
    const { port } = service.address() as AddressInfo
    const { json: answer } = await runtime.ask(`/request?service=http://127.0.0.1:${port}`)
    expect(answer).toEqual({
      got: { method: 'GET', url: '/echo?q=1', body: '' },
      posted: [
        200,
        { method: 'POST', url: '/echo', some: 'yes', body: '{"name":"laf"}' },
        'application/json',
      ],
      form: { method: 'PUT', url: '/echo', body: 'a=1' },
      missing: [404, true],
    })
  })

  test('storage says what there is in its place', async () => {
    expect((await runtime.ask('/storage')).status).toBe(500)
    const line = await runtime.api.line((one) => one.functionName === 'storage')
    expect(line.text).toContain('Lathe has no object storage')
  })

  test('tokens of the app, and with a secret that both sides know', async () => {
    const { json: signedIn } = await runtime.ask('/sign-in', json({ username: 'ada', password: 'x' }))
    expect(signedIn).toMatchObject({ hash: 64, partner: [null, 'partner', null] })
    const authorization = `Bearer ${signedIn.access_token}`
    const me = await runtime.ask('/me', { headers: { authorization } })
    expect(me.json).toEqual({ uid: 'ada', auth: 'ada', onRequest: 'ada' })
    const stranger = await runtime.ask('/me')
    expect([stranger.status, stranger.text]).toEqual([401, 'Unauthorized'])
    expect((await runtime.ask('/sign-in', json({}))).json).toEqual({ error: 'invalid' })
  })

  test('invoke names the function, inside of a request and outside of one', async () => {
    expect((await runtime.ask('/caller')).json).toEqual({
      inRequest: { name: 'called', method: 'GET', body: { n: 1 } },
      later: { name: 'called', method: 'call', body: 'none' },
    })
  })
})

describe('the context', () => {
  test('of a function that exports main and imports @/cloud-sdk', async () => {
    expect((await runtime.ask('/old-name')).json).toEqual({ appid: 'abcdef', name: 'old-name', auth: null })
  })

  test('of __init__', async () => {
    expect((await runtime.ask('/init')).json).toEqual(['INIT', '__init__'])
  })

  test('has a request and a response as Express has them', async () => {
    const answer = await runtime.ask('/express?a=1', {
      ...json({ b: 2 }),
      headers: { 'content-type': 'application/json', 'x-ask': 'this', host: 'app.example.com:8000' },
    })
    expect(answer.status).toBe(202)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-one': '1',
      'x-many': 'a, b',
      'set-cookie': [expect.stringMatching(/^sid=; Path=\/; Max-Age=0; Expires=Thu, 01 Jan 1970/)],
    })
    expect(answer.json).toEqual({
      query: { a: '1' },
      body: { b: 2 },
      files: 0,
      host: 'app.example.com',
      secure: false,
      header: 'this',
      one: '1',
    })
  })

  test('has uploaded files with their folder', async () => {
    const body = '--b\r\ncontent-disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhello\r\n--b--\r\n'
    const headers = { 'content-type': 'multipart/form-data; boundary=b' }
    const { json: answer } = await runtime.ask('/upload', { method: 'POST', headers, body })
    expect(answer).toEqual({ name: 'a.txt', whole: true, on: true })
  })

  test('of a WebSocket says what is binary, and why it was closed', async () => {
    const closed = runtime.ask('/closed')
    const socket = new WebSocket(`ws+unix:${runtime.socketPath}:/`)
    const heard: string[] = []
    socket.on('message', (data) => {
      heard.push(String(data))
      if (heard.length === 1) socket.send('text')
      if (heard.length === 2) socket.send(Buffer.from('bytes'))
      if (heard.length === 3) socket.send('leave')
    })
    await once(socket, 'close')
    expect(heard).toEqual(['hi __websocket__', 'text,false', 'bytes,true'])
    expect((await closed).json).toEqual({ code: 4001, reason: 'as you wish' })
  })
})

describe('an interceptor of the first style, without next', () => {
  const FIRST = `export default async function (ctx: FunctionContext) {
  if (ctx.query.as === 'false') return false
  if (ctx.query.as === 'sent') { ctx.response.status(418).send('by the interceptor'); return }
  if (ctx.query.as === 'true') return true
  if (ctx.query.as === 'own') return { own: 'answer' }
  if (ctx.query.as === 'thrown') throw new Error('no')
}`

  test('lets through, refuses, and answers by itself', async () => {
    const intercepted = await start({ __interceptor__: FIRST })
    try {
      const as = async (how: string) => {
        const { status, json: body, text: whole } = await intercepted.ask(`/init?as=${how}`)
        return [status, body ?? whole]
      }
      expect(await as('')).toEqual([200, ['INIT', '__init__']])
      expect(await as('true')).toEqual([200, ['INIT', '__init__']])
      expect(await as('false')).toEqual([403, { error: 'Forbidden', requestId: expect.any(String) }])
      expect(await as('sent')).toEqual([418, 'by the interceptor'])
      expect(await as('own')).toEqual([200, { own: 'answer' }])
      expect((await as('thrown'))[0]).toBe(500)
    } finally {
      await intercepted.stop()
    }
  })
})
