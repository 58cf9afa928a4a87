import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { publish, runningApp } from './support/apps.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'

/** What the console offers in New function: each is published as it is, and called as its reader would. */
const FOLDER = fileURLToPath(new URL('../../console/templates', import.meta.url))
const tried = new Set<string>()

let stack: Stack
let appid: string
let host: string
beforeAll(async () => {
  stack = await startStack()
  const app = await runningApp(stack, 'templates')
  appid = app.appid
  host = new URL(app.url).host
})
afterAll(() => stack[Symbol.asyncDispose]())

async function offer(id: string, name = id): Promise<void> {
  tried.add(id)
  await publish(stack, appid, name, await readFile(`${FOLDER}/${id}.ts`, 'utf8'))
}

/** Node does not resolve `*.localhost`, and fetch sets no Host: the app is asked for as curl would do it. */
async function call(path: string, init: RequestInit = {}) {
  const { request } = await import('node:http')
  const body = init.body ? Buffer.from(await new Response(init.body).arrayBuffer()) : null
  const type = init.body instanceof FormData ? new Response(init.body).headers.get('content-type') : null
  return new Promise<{ status: number; text: string; type: string; json: () => never }>((resolve, reject) => {
    const outgoing = request(
      new URL(path, stack.lathe.url),
      {
        method: init.method ?? 'GET',
        headers: {
          host,
          ...(type ? { 'content-type': type } : {}),
          ...(init.headers as Record<string, string>),
        },
      },
      async (answer) => {
        let text = ''
        for await (const piece of answer.setEncoding('utf8')) text += piece
        const { statusCode = 0, headers } = answer
        resolve({
          status: statusCode,
          text,
          type: headers['content-type'] ?? '',
          json: () => JSON.parse(text) as never,
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

const json = { 'content-type': 'application/json' }
const post = (value: unknown, more: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { ...json, ...more },
  body: JSON.stringify(value),
})

test('json', async () => {
  await offer('json')
  expect((await call('/json/7')).json()).toEqual({ id: '7', total: 12.5 })
  const made = await call('/json', post({ total: 3 }))
  expect(made).toMatchObject({ status: 201 })
  expect((await call(`/json/${(made.json() as { id: string }).id}`)).status).toBe(200)
  expect((await call('/json', post({ total: 'x' }))).status).toBe(400)
  expect((await call('/json/none')).status).toBe(404)
  expect((await call('/json', { method: 'DELETE' })).status).toBe(405)
})

test('crud', async () => {
  await offer('crud')
  const { _id } = (await call('/crud', post({ text: 'milk' }))).json() as { _id: string }
  expect((await call(`/crud/${_id}`)).json()).toMatchObject({ text: 'milk' })
  expect((await call(`/crud/${_id}`, { ...post({ text: 'bread' }), method: 'PUT' })).status).toBe(200)
  expect((await call('/crud')).json()).toMatchObject([{ _id, text: 'bread' }])
  expect((await call('/crud', post({ text: 7 }))).status).toBe(400)
  expect((await call(`/crud/${_id}`, { method: 'DELETE' })).status).toBe(204)
  expect((await call(`/crud/${_id}`)).status).toBe(404)
})

test('auth', async () => {
  await offer('auth')
  const person = { name: 'ada', password: 'correct horse' }
  expect((await call('/auth', post(person))).status).toBe(401)
  expect((await call('/auth', post({ ...person, create: true }))).status).toBe(200)
  expect((await call('/auth', post({ ...person, create: true }))).status).toBe(409)
  expect((await call('/auth', post({ ...person, password: 'wrong horse' }))).status).toBe(401)
  const { token } = (await call('/auth', post(person))).json() as { token: string }
  expect((await call('/auth')).status).toBe(401)
  expect((await call('/auth', { headers: { authorization: `Bearer ${token}` } })).json()).toEqual({
    name: 'ada',
  })
})

test('form', async () => {
  await offer('form')
  expect(await call('/form')).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' })
  const body = new URLSearchParams({ name: '<b>Ann</b>', message: 'hi' })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const thanks = await call('/form', { method: 'POST', headers, body: String(body) })
  expect(thanks.text).toContain('Thank you, &#60;b&#62;Ann')
  expect((await call('/form', { method: 'POST', headers, body: 'name=x' })).status).toBe(400)
})

test('upload', async () => {
  await offer('upload')
  const body = new FormData()
  body.append('file', new Blob(['content'], { type: 'text/plain' }), 'a.txt')
  const encoded = new Response(body)
  const sent = await call('/upload', {
    method: 'POST',
    headers: { 'content-type': encoded.headers.get('content-type')! },
    body: await encoded.arrayBuffer(),
  })
  expect(sent.json()).toEqual([
    {
      field: 'file',
      name: 'a.txt',
      type: 'text/plain',
      size: 7,
      sha256: createHash('sha256').update('content').digest('hex'),
    },
  ])
  expect((await call('/upload', post({}))).status).toBe(400)
})

test('webhook', async () => {
  await offer('webhook')
  const body = JSON.stringify({ action: 'opened', title: 'ünïcode' })
  const signed = (secret: string) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  const send = (signature: string) =>
    call('/webhook', { method: 'POST', headers: { ...json, 'x-hub-signature-256': signature }, body })
  expect((await send(signed('right'))).status).toBe(500)
  await stack.api.call('env.set', {
    appid,
    variables: [{ name: 'WEBHOOK_SECRET', value: 'right', secret: true }],
  })
  expect((await send(signed('right'))).json()).toEqual({ received: 'opened' })
  expect((await send(signed('wrong'))).status).toBe(401)
  expect((await send('')).status).toBe(401)
})

test('proxy', async () => {
  await offer('proxy')
  const upstream = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({ url: request.url, method: request.method, cookie: request.headers.cookie ?? null }),
    )
  }).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const { port } = upstream.address() as AddressInfo
  await stack.api.call('env.set', {
    appid,
    variables: [{ name: 'UPSTREAM', value: `http://127.0.0.1:${port}/base` }],
  })
  const answer = await call('/proxy/items/1?x=2', { headers: { cookie: 'secret=1' } })
  expect(answer.json()).toEqual({ url: '/base/items/1?x=2', method: 'GET', cookie: null })
  expect((await call('/proxy/items', post({ a: 1 }))).json()).toMatchObject({ method: 'POST' })
  upstream.close()
})

test('cron', async () => {
  await offer('cron')
  expect((await call('/cron')).status).toBe(403)
  const trigger = await stack.api.call('triggers.save', { appid, functionName: 'cron', cron: '0 0 1 1 *' })
  await stack.api.call('triggers.run', { appid, id: trigger.id })
  await eventually(async () => {
    const [firing] = await stack.api.call('triggers.history', { appid, id: trigger.id, limit: 1 })
    return firing?.outcome === 'ok'
  }, 'the trigger’s call')
})

test('websocket', async () => {
  await offer('websocket', '__websocket__')
  const connect = async () => {
    const socket = new WebSocket(stack.lathe.url.replace('http', 'ws'), { headers: { host } })
    const heard: string[] = []
    socket.on('message', (data) => heard.push(String(data)))
    await eventually(async () => heard.length === 1, 'the greeting')
    return { socket, heard }
  }
  const one = await connect()
  const two = await connect()
  expect(JSON.parse(two.heard[0]!)).toEqual({ connected: 2 })
  one.socket.send('hello')
  await eventually(async () => two.heard[1] === 'hello', 'the message')
  expect(one.heard).toHaveLength(1)
  one.socket.close()
  two.socket.close()
})

test('sse', async () => {
  await offer('sse')
  const answer = await call('/sse')
  expect(answer.type).toBe('text/event-stream')
  expect(answer.text.match(/^data: /gm)).toHaveLength(10)
})

test('stream', async () => {
  await offer('stream')
  expect((await call('/stream')).text).toBe('answers can come word by word ')
})

test('fetch', async () => {
  await offer('fetch')
  expect((await call('/fetch/a?b=c')).json()).toEqual({ method: 'GET', pathname: '/a', query: { b: 'c' } })
})

test('hono', async () => {
  await stack.api.call('dependencies.add', { appid, packages: [{ name: 'hono', range: 'latest' }] })
  await offer('hono')
  expect((await call('/hono/hello/Ann')).json()).toEqual({ hello: 'Ann' })
  expect((await call('/hono/echo', post({ a: 1 }))).json()).toEqual({ received: { a: 1 } })
})

test('every template was tried', async () => {
  const files = (await readdir(FOLDER)).map((file) => file.replace(/\.ts$/, ''))
  expect([...tried].sort()).toEqual(files.sort())
})
