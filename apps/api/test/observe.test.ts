import { Agent, type ClientRequestArgs, get, request } from 'node:http'
import type { InvocationDetail, InvocationPage, LogEntry, LogPage } from '@lathe/shared'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publish, runningApp } from './support/apps.ts'
import { ApiError } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

const WRITES = `export default (ctx) => {
  const { n = '1', level = 'log', text = 'line' } = ctx.query
  for (let i = 0; i < Number(n); i++) console[level](text, i)
  if (ctx.query.status) ctx.response.status(Number(ctx.query.status))
  if (ctx.query.throw) throw new Error(ctx.query.throw)
  return n
}`

let stack: Stack
let mongo: MongoClient
beforeAll(async () => {
  stack = await startStack()
  mongo = await new MongoClient(stack.lathe.mongoUrl).connect()
})
afterAll(async () => {
  await mongo.close()
  await stack[Symbol.asyncDispose]()
})

async function refusal(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ApiError)) throw new Error(`not refused: ${String(error)}`)
  return error
}

async function writingApp(...names: string[]) {
  const app = await runningApp(stack, 'Observed')
  for (const name of names.length > 0 ? names : ['write']) await publish(stack, app.appid, name, WRITES)
  return app
}

/** All lines that match, page by page. */
async function allLines(appid: string, filter: object, limit = 100): Promise<LogEntry[]> {
  const lines: LogEntry[] = []
  let cursor: string | null = null
  do {
    const page: LogPage = await stack.api.call('logs.query', {
      appid,
      limit,
      ...filter,
      ...(cursor === null ? {} : { cursor }),
    })
    expect(page.lines.length).toBeLessThanOrEqual(limit)
    lines.push(...page.lines)
    cursor = page.cursor
  } while (cursor !== null)
  return lines
}

const stored = (appid: string, count: number, filter = {}) =>
  eventually(async () => {
    const lines = await allLines(appid, filter)
    if (lines.length !== count) throw new Error(`${lines.length} lines`)
    return lines
  }, `${count} stored lines`)

describe('logs.query', () => {
  test('pages through all lines, the newest first, each once', async () => {
    const { appid, url } = await writingApp()
    await visit(`${url}/write?n=1203`)
    await stored(appid, 1203)
    const lines = await allLines(appid, {}, 100)
    expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: 1203 }, (_, i) => `line ${1202 - i}`))
    expect(new Set(lines.map(({ id }) => id)).size).toBe(1203)
  })

  test('filters by function, level, request and time, and all together', async () => {
    const { appid, url } = await writingApp('one', 'two')
    await visit(`${url}/one?text=first`)
    await visit(`${url}/two?text=second&level=warn`)
    const failed = await visit(`${url}/two?text=third&level=debug&throw=broken`)
    const [last, , second, first] = await stored(appid, 4)
    const texts = async (filter: object) =>
      (await allLines(appid, filter)).map(({ text }) => text.split('\n')[0])
    expect(await texts({ functionName: 'one' })).toEqual(['first 0'])
    expect(await texts({ functionName: 'none' })).toEqual([])
    expect(await texts({ level: 'warn' })).toEqual(['Error: broken', 'second 0'])
    expect(await texts({ level: 'error' })).toEqual(['Error: broken'])
    expect(await texts({ level: 'info' })).toEqual(['Error: broken', 'second 0', 'first 0'])
    const requestId = String(failed.headers['x-request-id'])
    expect(await texts({ requestId })).toEqual(['Error: broken', 'third 0'])
    expect(await texts({ requestId, level: 'debug', functionName: 'two' })).toEqual([
      'Error: broken',
      'third 0',
    ])
    expect(await texts({ to: first!.at })).toEqual([])
    expect(await texts({ from: second!.at, to: last!.at })).toContain('second 0')
    expect(await texts({ from: new Date(Date.parse(last!.at) + 1).toISOString() })).toEqual([])
  })

  test('small objects are stored for opening, large ones as their text alone', async () => {
    const { appid, url } = await runningApp(stack, 'Objects')
    const source = `export default () => {
  console.group('in a group')
  console.log('small', { a: [1, { b: 2 }] })
  console.log('large', Object.fromEntries(Array.from({ length: 90 }, (_, i) => ['key ' + i, 'x'.repeat(500)])))
}`
    await publish(stack, appid, 'objects', source)
    await visit(`${url}/objects`)
    const [large, small] = await stored(appid, 3)
    expect(small).toMatchObject({ text: '  small { a: [ 1, { b: 2 } ] }', indent: 2 })
    expect(JSON.parse(small!.preview!)).toMatchObject([{ text: 'small' }, { text: '{a: (2) [1, {b: 2}]}' }])
    expect(large!.text).toContain('key 0')
    expect(large).not.toHaveProperty('preview')
  })

  test('searches for text in any case and for regular expressions', async () => {
    const { appid, url } = await writingApp()
    await visit(`${url}/write?n=300&text=${encodeURIComponent('Order (a+b) №')}`)
    await stored(appid, 300)
    expect(await allLines(appid, { text: 'ORDER (A+B) № 7' })).toHaveLength(11)
    expect(await allLines(appid, { text: '№ \\d{2}$', regex: true }, 7)).toHaveLength(90)
    expect(await allLines(appid, { text: 'nowhere' })).toEqual([])
    expect(await stack.api.call('logs.query', { appid, text: 'nowhere' })).toMatchObject({ searched: 300 })
  })

  test('refuses what is no regular expression, and one that never ends, and goes on answering', async () => {
    const { appid, url } = await writingApp()
    await visit(`${url}/write?text=${'a'.repeat(60)}!`)
    await stored(appid, 1)
    for (const text of ['(', '[z-a]', '^(?:a|a)+$']) {
      const { reason, details } = await refusal(stack.api.call('logs.query', { appid, text, regex: true }))
      expect(reason).toBe('INVALID_INPUT')
      expect(details).toMatchObject({ issues: [{ path: 'text' }] })
    }
    expect(await stack.api.call('apps.list')).not.toEqual([])
  })

  test('what was too much to keep is counted, and its place in the log says so', async () => {
    const { appid, url } = await writingApp()
    await visit(`${url}/write?n=40000`)
    const [gap] = await eventually(async () => {
      const lines = await allLines(appid, { level: 'warn' })
      return lines.length > 0 && lines
    }, 'a line about lost lines')
    expect(gap!.text).toMatch(/^\d+ lines are missing here/)
    const lost = (await allLines(appid, { level: 'warn' })).reduce(
      (sum, { text }) => sum + parseInt(text, 10),
      0,
    )
    const kept = (await allLines(appid, { level: 'info', text: 'line' }, 500)).filter(({ text }) =>
      /^line/.test(text),
    )
    expect(kept.length + lost).toBe(40_000)
  })
})

describe('invocations', () => {
  test('each request is recorded with what became of it, and found by function, status and id', async () => {
    const { appid, url } = await writingApp('one', 'a/b')
    await visit(`${url}/one`)
    await visit(`${url}/a/b/rest?status=404&secret=s3cret`, { method: 'POST' })
    const failed = await visit(`${url}/a/b?throw=broken`)
    const list = (filter: object) => stack.api.call('invocations.list', { appid, ...filter })
    const { items } = await eventually(async () => {
      const page = await list({})
      return page.items.length === 3 && page
    }, 'three records')
    expect(
      items.map(({ functionName, method, path, status, revision, trigger, runId }) => [
        functionName,
        method,
        path,
        status,
        revision,
        trigger,
        runId,
      ]),
    ).toEqual([
      ['a/b', 'GET', '/a/b', 500, 1, 'http', null],
      ['a/b', 'POST', '/a/b/rest', 404, 1, 'http', null],
      ['one', 'GET', '/one', 200, 1, 'http', null],
    ])
    expect(JSON.stringify(items)).not.toContain('s3cret')
    expect((await list({ status: '5xx' })).items).toHaveLength(1)
    expect((await list({ status: '2xx', functionName: 'a/b' })).items).toEqual([])
    const first = await list({ limit: 2 })
    expect(first.items).toHaveLength(2)
    expect((await list({ limit: 2, cursor: first.cursor! })).items).toEqual(items.slice(2))

    const requestId = String(failed.headers['x-request-id'])
    expect((await list({ requestId })).items).toHaveLength(1)
    const detail = await stack.api.call('invocations.get', { appid, requestId })
    expect(detail.invocation).toMatchObject({ requestId, status: 500 })
    expect(detail.lines.map(({ text }) => text.split('\n')[0])).toEqual(['line 0', 'Error: broken'])
    expect(detail.truncated).toBe(false)
    expect((await refusal(stack.api.call('invocations.get', { appid, requestId: 'no-such' }))).reason).toBe(
      'NOT_FOUND',
    )
  })

  test('what a request carried is kept for its record, without what looks secret, and only while the app wants it', async () => {
    const { appid, url } = await writingApp()
    const send = async (body: string | Buffer, type: string) => {
      const { headers } = await visit(`${url}/write/below?page=2&token=query-secret`, {
        method: 'POST',
        headers: { 'content-type': type, authorization: 'Bearer header-secret', 'x-shop': 'main' },
        body,
      })
      const requestId = String(headers['x-request-id'])
      const detail = await eventually(async () => {
        const found: InvocationDetail = await stack.api.call('invocations.get', { appid, requestId })
        if (!found.invocation) throw new Error('no record yet')
        return found
      }, 'the record')
      expect(JSON.stringify(detail)).not.toMatch(/(query|header|body)-secret/)
      return detail.invocation!.request
    }

    expect(await send('{"n":1,"user":{"password":"body-secret"}}', 'application/json')).toEqual({
      query: 'page=2&token=%5Bredacted%5D',
      headers: {
        'content-type': 'application/json',
        authorization: '[redacted]',
        'x-shop': 'main',
      },
      body: '{"n":1,"user":{"password":"[redacted]"}}',
      bodyEncoding: 'utf8',
      bodyBytes: 41,
    })
    expect(await send('a=1&pwd=body-secret', 'application/x-www-form-urlencoded')).toMatchObject({
      body: 'a=1&pwd=%5Bredacted%5D',
    })
    expect(await send(Buffer.from([0xff, 0x00, 0xfe]), 'application/octet-stream')).toMatchObject({
      body: '/wD+',
      bodyEncoding: 'base64',
    })
    // What is no JSON though it says so, and what is too long, cannot be redacted: left out.
    expect(await send('{"password":"body-secret"', 'application/json')).toMatchObject({
      body: null,
      bodyBytes: 25,
    })
    expect(await send('x'.repeat(20_000), 'text/plain')).toMatchObject({ body: null, bodyBytes: 20_000 })
    // A list does not carry it.
    const page: InvocationPage = await stack.api.call('invocations.list', { appid })
    expect(page.items).not.toEqual([])
    expect(page.items.every(({ request }) => request === null)).toBe(true)

    await stack.api.call('apps.update', { appid, recordRequests: false })
    expect(await send('kept?', 'text/plain')).toBeNull()
  })

  test('lines and records go after the app’s own number of days, and older ones at once when it shrinks', async () => {
    const { appid, url } = await writingApp()
    const logs = mongo.db('lathe').collection<{ _id: string; expiresAt: Date; at: Date }>('logs')
    await stack.api.call('apps.update', { appid, keepLogsDays: 30 })
    await visit(`${url}/write?text=young`)
    await stored(appid, 1)
    const young = await logs.findOne({ appid })
    const days = (young!.expiresAt.getTime() - young!.at.getTime()) / 86_400_000
    expect(days).toBeGreaterThan(29.9)
    expect(days).toBeLessThan(30.1)

    const at = new Date(Date.now() - 20 * 86_400_000)
    const _id = Math.floor(at.getTime() / 1000)
      .toString(16)
      .padEnd(24, '0')
    await logs.insertOne({ ...young!, _id, at })
    await stored(appid, 2)
    await stack.api.call('apps.update', { appid, keepLogsDays: 10 })
    const [left] = await stored(appid, 1)
    expect(left!.text).toBe('young 0')
    await expect(stack.api.call('apps.update', { appid, keepLogsDays: 0 })).rejects.toMatchObject({
      status: 400,
    })
  })

  test('beyond a rate only some are recorded, and every one is counted', async () => {
    const { appid, url } = await writingApp()
    const total = 1_500
    await storm(`${url}/write?n=0`, total)
    const from = new Date(Date.now() - 3_600_000).toISOString()
    const series = await eventually(async () => {
      const found = await stack.api.call('metrics.series', { appid, from })
      return found.total.requests >= total && found
    }, `${total} counted requests`)
    expect(series.total).toMatchObject({ requests: total, errors: 0, clientErrors: 0 })
    const items = []
    let unrecorded = 0
    let cursor: string | null = null
    do {
      const page: InvocationPage = await stack.api.call('invocations.list', {
        appid,
        limit: 500,
        ...(cursor ? { cursor } : {}),
      })
      items.push(...page.items)
      unrecorded += page.unrecorded
      cursor = page.cursor
    } while (cursor)
    expect(items.length + unrecorded).toBe(total)
  })
})

describe('metrics', () => {
  test('count requests, refusals and errors by function and for the app, without runs', async () => {
    const { appid, url } = await writingApp('good', 'bad')
    for (let i = 0; i < 5; i++) await visit(`${url}/good`)
    for (let i = 0; i < 3; i++) await visit(`${url}/bad?throw=x`)
    await visit(`${url}/bad?status=404`)
    for await (const _ of stack.api.subscribe('runs.execute', { appid, name: 'good' })) void _
    const from = new Date(Date.now() - 3_600_000).toISOString()
    const functions = await eventually(async () => {
      const found = await stack.api.call('metrics.functions', { appid, from })
      return found.reduce((sum, { requests }) => sum + requests, 0) >= 9 && found
    }, 'nine counted requests')
    expect(functions).toMatchObject([
      { functionName: 'good', requests: 5, errors: 0, clientErrors: 0 },
      { functionName: 'bad', requests: 4, errors: 3, clientErrors: 1 },
    ])
    for (const { p50, p95, p99 } of functions) {
      expect(p50).toBeGreaterThan(0)
      expect(p95).toBeGreaterThanOrEqual(p50!)
      expect(p99).toBeGreaterThanOrEqual(p95!)
    }
    const series = await stack.api.call('metrics.series', { appid, functionName: 'bad', from })
    expect(series.total).toMatchObject({ requests: 4, errors: 3, clientErrors: 1 })
    expect(series.points.reduce((sum, { requests }) => sum + requests, 0)).toBe(4)
    expect(series.points.map(({ at }) => Date.parse(at))).toEqual(
      series.points.map((_, i) => Date.parse(series.from) + i * series.stepSeconds * 1000),
    )
    expect((await stack.api.call('metrics.series', { appid, from })).total.coldStarts).toBe(1)
    const recent = (await stack.api.call('metrics.recent')).find((one) => one.appid === appid)!
    expect([sum(recent.requests), sum(recent.errors)]).toEqual([9, 3])
    expect(recent.requests).toHaveLength(60)
  })

  test('memory and processor time of a runtime are known after its first heartbeats', async () => {
    const { appid } = await writingApp()
    const from = new Date(Date.now() - 600_000).toISOString()
    const point = await eventually(async () => {
      const { points } = await stack.api.call('metrics.series', { appid, from })
      return points.find(({ memoryBytes, cpu }) => memoryBytes !== null && cpu !== null) ?? null
    }, 'a point with memory')
    expect(point.memoryBytes).toBeGreaterThan(10_000_000)
    expect(point.cpu).toBeLessThan(2)
  })

  test('requests that are made while the api is away are counted when it is back', async () => {
    const { appid, url } = await writingApp()
    const before = stack.lathe.pids().api!
    process.kill(before, 'SIGKILL')
    await eventually(async () => stack.lathe.pids().api !== before, 'the end of the api')
    const answers = await Promise.all(Array.from({ length: 20 }, () => visit(`${url}/write`)))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    await eventually(async () => {
      const from = new Date(Date.now() - 600_000).toISOString()
      return (await stack.api.call('metrics.series', { appid, from })).total.requests === 20
    }, 'twenty counted requests')
    await stored(appid, 20)
  })

  test('Prometheus reads everything on the api’s socket, and through the gateway what a token’s owner owns', async () => {
    const { appid, url } = await writingApp()
    // The api before this one was killed: until the gateway has found its successor, it does not know the new app.
    await eventually(async () => (await visit(`${url}/write?throw=x`)).status === 500, 'the failed request')
    const own = { headers: { authorization: stack.api.headers.authorization! } }
    const mine = await eventually(async () => {
      const { text } = await visit(`${stack.lathe.url}/api/metrics`, own)
      return (
        text.includes(`lathe_requests_total{appid="${appid}",function="write",outcome="error"} 1`) && text
      )
    }, 'the counted request')
    expect(mine).toContain(`lathe_request_duration_seconds_count{appid="${appid}"} 1`)
    expect(mine).not.toContain('process_resident_memory_bytes')
    const everything = await readText({ socketPath: `${stack.data}/run/api.sock`, path: '/metrics' })
    expect(everything).toContain('process_resident_memory_bytes')
    expect(everything).toContain(`appid="${appid}"`)
    expect((await visit(`${stack.lathe.url}/api/metrics`)).status).toBe(401)
    const fromOutside = await visit(`${stack.lathe.url}/metrics`)
    expect(fromOutside.text).not.toContain('process_resident_memory_bytes')
  })
})

test('nothing of a deleted app’s lines, records and counts stays', async () => {
  const { appid, url } = await writingApp()
  await visit(`${url}/write`)
  await stored(appid, 1)
  await stack.api.call('apps.delete', { appid, confirmName: 'Observed' })
  await eventually(async () => {
    const db = mongo.db('lathe')
    const left = await Promise.all(
      ['apps', 'logs', 'invocations'].map((name) =>
        db.collection(name).countDocuments(name === 'apps' ? { _id: appid as never } : { appid }),
      ),
    )
    return sum(left) === 0
  }, 'an empty database')
})

function sum(numbers: number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}

/** Many requests in a short time, over a few kept connections. */
async function storm(url: string, total: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const { host, port, pathname, search } = new URL(url)
  let left = total
  const one = () =>
    new Promise<void>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: pathname + search, headers: { host }, agent }, (answer) => {
        answer.resume().on('end', resolve).on('error', reject)
      }).on('error', reject)
    })
  const worker = async () => {
    while (left-- > 0) await one()
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  agent.destroy()
}

function readText(options: ClientRequestArgs): Promise<string> {
  return new Promise((resolve, reject) => {
    request(options, async (answer) =>
      resolve(await answer.setEncoding('utf8').reduce((all, part) => all + part, '')),
    )
      .on('error', reject)
      .end()
  })
}
