import { createHash } from 'node:crypto'
import { type PastRun, type RunEvent, runLimits, WITHHELD } from '@lathe/shared'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publish, runningApp } from './support/apps.ts'
import { type Client, refused } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { type People, peopleOf } from './support/people.ts'
import { type Stack, startStack } from './support/stack.ts'

let stack: Stack
let people: People
let appid: string
/** What reaches the function, as it reaches it. */
const ECHO = `import { createHash } from 'node:crypto'
export default async (ctx) => {
  const bytes = Buffer.from(await ctx.webRequest.arrayBuffer())
  return {
    method: ctx.method, query: ctx.query, url: ctx.url, headers: ctx.headers, user: ctx.user ?? null,
    size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'),
    text: bytes.length < 10000 ? bytes.toString() : null,
  }
}`
const FORM = `import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
export default async (ctx) => ({
  body: ctx.body,
  files: await Promise.all(ctx.files.map(async (f) => ({ ...f, path: undefined, sha256: createHash('sha256').update(await readFile(f.path)).digest('hex') }))),
})`

beforeAll(async () => {
  stack = await startStack()
  people = await peopleOf(stack)
  ;({ appid } = await runningApp(stack))
  await publish(stack, appid, 'echo', ECHO)
  await publish(stack, appid, 'form', FORM)
})
afterAll(async () => {
  await people[Symbol.asyncDispose]()
  await stack[Symbol.asyncDispose]()
})

async function run(request: object, more: object = {}, api: Client = stack.api): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of api.subscribe('runs.execute', { appid, name: 'echo', request, ...more })) {
    events.push(event as RunEvent)
  }
  return events
}

// biome-ignore lint/suspicious/noExplicitAny: what the function above answers.
async function echoed(request: object, more: object = {}, api: Client = stack.api): Promise<any> {
  const events = await run(request, more, api)
  const found = events.find((event) => event.type === 'response')
  if (!found) throw new Error(`no response: ${JSON.stringify(events)}`)
  return JSON.parse(found.response.body)
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const everyByte = Buffer.from(Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7 + (i >> 8)) & 255))
const historyOf = (api: Client, more: object = {}): Promise<PastRun[]> =>
  api.call('runs.history', { appid, ...more })

describe('a request’s body', () => {
  test('of bytes reaches the function as it is', async () => {
    const seen = await echoed({
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: everyByte.toString('base64'),
      bodyEncoding: 'base64',
    })
    expect(seen).toMatchObject({ size: everyByte.length, sha256: sha256(everyByte) })
  })

  test('of a form with files reaches the function with its names, types and bytes', async () => {
    const seen = await echoed(
      {
        method: 'POST',
        parts: [
          { name: 'title', value: 'Größe "1"' },
          { name: 'file', fileName: 'ä "b".bin', type: 'image/png', data: everyByte.toString('base64') },
          { name: 'empty', fileName: '', data: '' },
        ],
      },
      { name: 'form' },
    )
    expect(seen.body).toMatchObject({ title: 'Größe "1"' })
    expect(seen.files[0]).toMatchObject({ sha256: sha256(everyByte) })
  })

  test('as large as a function takes gets through; a byte more is refused before anything is sent', async () => {
    const whole = Buffer.alloc(runLimits.bodyBytes, 7)
    const request = (bytes: Buffer) => ({
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: bytes.toString('base64'),
      bodyEncoding: 'base64',
    })
    expect(await echoed(request(whole))).toMatchObject({ size: whole.length, sha256: sha256(whole) })
    const events = await run(request(Buffer.concat([whole, Buffer.from('x')])))
    expect(events).toMatchObject([
      { type: 'error', reason: 'TOO_LARGE', message: expect.stringContaining('at most 10.0 MiB') },
    ])
  })

  test.each([
    ['bytes that are no base64', { body: 'a*b=', bodyEncoding: 'base64' }],
    ['a file that is no base64', { parts: [{ name: 'f', fileName: 'f', data: '?' }] }],
    ['two bodies', { body: 'a', parts: [{ name: 'b', value: 'c' }] }],
    ['a user that is no object', { user: '[1]' }],
    ['a withheld value that nothing is kept for', { headers: { authorization: WITHHELD } }],
  ])('is refused: %s', async (_, request) => {
    expect(await refused(run({ method: 'POST', ...request }))).toMatchObject({ reason: 'INVALID_INPUT' })
  })
})

describe('an answer that is streamed', () => {
  async function streamed(source: string) {
    const events = await run({}, { source, stream: true })
    const bytes = Buffer.concat(
      events.flatMap((event) => (event.type === 'chunk' ? [Buffer.from(event.data, 'base64')] : [])),
    )
    return { events, bytes, types: events.map(({ type }) => type) }
  }

  test('comes as head, bytes and end, and says where the time went', async () => {
    const { events, bytes, types } = await streamed(
      'export default () => new Response(new Uint8Array([0xff, 0, 0xfe]), { status: 201, headers: { "x-a": "1" } })',
    )
    expect([...bytes]).toEqual([0xff, 0, 0xfe])
    expect(types.slice(0, 3)).toEqual(['head', 'chunk', 'response'])
    expect(events[0]).toMatchObject({ head: { status: 201 } })
    const end = events.find((event) => event.type === 'response')!.response
    expect(end).toMatchObject({ body: '', size: 3, truncated: false })
    const { timing } = events.find((event) => event.type === 'timing')!
    expect(Object.values(timing).every((ms) => ms === null || ms >= 0)).toBe(true)
    const { gatewayMs, functionMs, transferMs } = timing
    expect((gatewayMs ?? 0) + functionMs + transferMs).toBeCloseTo(end.durationMs, 5)
  })

  test('is shown while the function still writes', async () => {
    const source = `export default async function* (ctx) {
  yield 'first'
  await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
}`
    const gone = new AbortController()
    const input = { appid, name: 'echo', source, request: {}, stream: true }
    for await (const event of stack.api.subscribe('runs.execute', input, gone.signal)) {
      const { type, data } = event as { type: string; data: string }
      if (type === 'chunk') {
        expect(Buffer.from(data, 'base64').toString()).toBe('first')
        break
      }
    }
    gone.abort()
  })

  test('of 100 MB is cut at the limit, whole up to there', async () => {
    const { events, bytes } = await streamed(
      `export default async function* () { const part = Buffer.alloc(65536, 'ab'); for (let i = 0; i < 1600; i++) yield part }`,
    )
    expect(bytes.length).toBe(runLimits.streamedBytes)
    expect(bytes.equals(Buffer.alloc(bytes.length, 'ab'))).toBe(true)
    expect(events.find((event) => event.type === 'response')).toMatchObject({ response: { truncated: true } })
  })

  test('is not read on while nobody takes it, and ends with its reader', async () => {
    const source = `let sent = 0
export default async function* (ctx) {
  if (ctx.query.ask) { yield String(sent); return }
  new Promise((resolve) => ctx.signal.addEventListener('abort', resolve)).then(() => console.log('aborted'))
  for (;;) { sent += 65536; yield Buffer.alloc(65536) }
}`
    await publish(stack, appid, 'flood', source)
    const sent = async () => Number(JSON.stringify(await echoed({ query: 'ask=1' }, { name: 'flood' })))
    const gone = new AbortController()
    const reader = await fetch(`${stack.lathe.url}/trpc/runs.execute`, {
      method: 'POST',
      headers: { ...stack.api.headers, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ appid, name: 'flood', request: {}, stream: true }),
      signal: gone.signal,
    })
    expect(reader.status).toBe(200)
    let before = -1
    const stalled = await eventually(async () => {
      const now = await sent()
      const isSame = now === before && now > 0
      before = now
      return isSame && now
    }, 'a function that waits for its reader')
    expect(stalled).toBeLessThan(runLimits.streamedBytes)
    gone.abort()
    for await (const event of stack.api.subscribe('logs.tail', { appid, functionName: 'flood' })) {
      if ((event as { line: { text: string } }).line.text === 'aborted') break
    }
  })
})

describe('variables', () => {
  const save = (part: object, api: Client = stack.api) =>
    api.call('variableSets.save', { appid, name: 'staging', variables: [], ...part })

  test('take their places, escaped for where they stand; the others stay', async () => {
    const value = 'a "b"\\ &=/é{{x}}'
    const { id } = await save({
      name: 'places',
      variables: [
        { name: 'v', value },
        { name: 'n', value: '42' },
      ],
    })
    const json = await echoed({
      method: 'POST',
      path: '/at/{{n}}',
      query: 'q={{v}}&gone={{ gone }}',
      headers: { 'x-v': 'is {{n}}' },
      body: '{"text":"{{v}}","number":{{n}},"gone":"{{gone}}"}',
      variableSet: id,
    })
    expect(JSON.parse(json.text)).toEqual({ text: value, number: 42, gone: '{{gone}}' })
    expect(json.query).toEqual({ q: value, gone: '{{ gone }}' })
    expect(json.headers['x-v']).toBe('is 42')
    expect(json.url).toContain('/at/42')
    const form = await echoed({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a={{v}}',
      variableSet: id,
    })
    expect(new URLSearchParams(form.text).get('a')).toBe(value)
  })

  test('that would break a header are refused', async () => {
    const { id } = await save({ name: 'lines', variables: [{ name: 'v', value: 'a\r\nx-evil: 1' }] })
    const error = await refused(run({ headers: { 'x-v': '{{v}}' }, variableSet: id }))
    expect(error).toMatchObject({ reason: 'INVALID_INPUT' })
  })

  test('are sealed at rest; secret ones are never shown again and keep their value', async () => {
    const set = await save({
      name: 'secrets',
      variables: [
        { name: 'token', value: 'sesame-4711' },
        { name: 'open', value: 'to all', secret: false },
      ],
    })
    expect(set.variables).toEqual([
      { name: 'open', secret: false, value: 'to all' },
      { name: 'token', secret: true, value: null },
    ])
    const stored = await people.mongo.db('lathe').collection('variableSets').find({}).toArray()
    expect(JSON.stringify(stored)).not.toMatch(/sesame-4711|to all/)
    const { id, version } = await save({ id: set.id, name: 'kept', variables: [{ name: 'token' }] })
    const seen = await echoed({ headers: { 'x-token': '{{token}}' }, variableSet: id })
    expect(seen.headers['x-token']).toBe('sesame-4711')
    const shown = save({ id, name: 'kept', variables: [{ name: 'token', secret: false }] })
    expect(await refused(shown)).toMatchObject({ reason: 'INVALID_INPUT' })
    const late = save({ id, name: 'kept', variables: [], baseVersion: version - 1 })
    expect(await refused(late)).toMatchObject({ reason: 'CHANGED_MEANWHILE' })
  })

  test('have names of their own, and are those of one app', async () => {
    const { id } = await save({ name: 'mine', variables: [{ name: 'v', value: '1' }] })
    expect(await refused(save({ name: 'mine' }))).toMatchObject({ reason: 'NAME_TAKEN' })
    const other = (await stack.api.call('apps.create', { name: 'other' })).appid
    const stranger = await people.account('stranger')
    const calls = [
      () => save({ appid: other, id, name: 'x' }),
      () => stack.api.call('variableSets.delete', { appid: other, id }),
      () => save({ id, name: 'x' }, stranger),
      () => stranger.call('variableSets.list', { appid }),
    ]
    for (const call of calls) expect(await refused(call())).toMatchObject({ reason: 'NOT_FOUND' })
    await stack.api.call('variableSets.delete', { appid, id })
    expect(await refused(run({ variableSet: id }))).toMatchObject({ reason: 'NOT_FOUND' })
  })
})

describe('a user of the app', () => {
  test.each([undefined, 'a secret of the app’s own'])(
    'has the claims in ctx.user; SERVER_SECRET %s',
    async (value) => {
      if (value) await stack.api.call('env.set', { appid, name: 'SERVER_SECRET', value })
      const seen = await echoed({ user: '{"uid":"u1","roles":["editor"]}' })
      expect(seen.user).toMatchObject({ uid: 'u1', roles: ['editor'] })
    },
  )

  test('gives way to a written header', async () => {
    const seen = await echoed({ user: '{"uid":"u1"}', headers: { Authorization: 'Basic eA==' } })
    expect(seen).toMatchObject({ user: null, headers: { authorization: 'Basic eA==' } })
  })
})

describe('the history', () => {
  test('has each run of the caller’s own with its end, and sends it again', async () => {
    await publish(stack, appid, 'again', ECHO)
    const asked = {
      method: 'POST',
      query: 'a=1',
      headers: { Authorization: 'Bearer sesame-0815', 'x-plain': 'seen' },
      body: '{"password":"sesame-0816"}',
    }
    await run(asked, { name: 'again' })
    await run({}, { name: 'again', source: 'export default ( =>' })
    const [failed, past] = await historyOf(stack.api, { name: 'again' })
    expect(failed).toMatchObject({ what: 'draft', status: null, reason: 'COMPILE_ERROR' })
    expect(past).toMatchObject({ functionName: 'again', what: 'live', status: 200, reason: null })
    expect(past!.request).toMatchObject({
      query: 'a=1',
      body: asked.body,
      headers: { Authorization: WITHHELD, 'x-plain': 'seen' },
      stored: { kind: 'run', id: past!.id },
    })
    const seen = await echoed(past!.request, { name: 'again' })
    expect(seen.headers.authorization).toBe('Bearer sesame-0815')
    const stored = await people.mongo.db('lathe').collection('runs').find({}).toArray()
    expect(JSON.stringify(stored)).not.toMatch(/sesame/)
  })

  test('is nobody else’s, of the same team either', async () => {
    const colleague = await people.account('colleague')
    await people.join((await stack.api.call('teams.list'))[0]!.id, 'colleague', 'developer')
    await run({ headers: { authorization: 'Bearer mine' } })
    const [mine] = await historyOf(stack.api)
    expect(await historyOf(colleague)).toEqual([])
    expect(await refused(run(mine!.request, {}, colleague))).toMatchObject({ reason: 'NOT_FOUND' })
    const forget = colleague.call('runs.forget', { appid, id: mine!.id })
    expect(await refused(forget)).toMatchObject({ reason: 'NOT_FOUND' })
    expect(await colleague.call('runs.forget', { appid })).toEqual({ removed: 0 })
    expect((await historyOf(stack.api))[0]?.id).toBe(mine!.id)
  })

  test('keeps so many, leaves large bodies out, and is forgotten on demand', async () => {
    const runs = people.mongo.db('lathe').collection<{ _id: string }>('runs')
    await run({ method: 'POST', body: JSON.stringify('x'.repeat(runLimits.storedBytes)) })
    const [large] = await historyOf(stack.api)
    expect(large).toMatchObject({ bodyLeftOut: true, request: { body: null } })
    const doc = (await runs.findOne({ _id: large!.id }))!
    await runs.insertMany(
      Array.from({ length: runLimits.history + 20 }, (_, i) => ({
        ...doc,
        _id: i.toString(16).padStart(24, '0'),
      })),
    )
    await run({})
    expect(await historyOf(stack.api, { limit: 200 })).toHaveLength(runLimits.history)
    await stack.api.call('runs.forget', { appid, id: large!.id })
    expect((await historyOf(stack.api)).map(({ id }) => id)).not.toContain(large!.id)
    await stack.api.call('runs.forget', { appid })
    expect(await historyOf(stack.api)).toEqual([])
  })
})

describe('a saved case', () => {
  test('keeps its credentials sealed, shows them to nobody, and sends them', async () => {
    const saved = await stack.api.call('cases.save', {
      appid,
      functionName: 'echo',
      name: 'with credentials',
      request: { headers: { authorization: 'Bearer sesame-1', cookie: 'sid=sesame-2', 'x-a': '1' } },
      expectations: [
        { kind: 'json', path: '$.headers.authorization', match: 'equals', value: '"Bearer sesame-1"' },
        { kind: 'json', path: '$.headers.cookie', match: 'equals', value: '"sid=sesame-2"' },
      ],
    })
    expect(saved.request.headers).toEqual({ authorization: WITHHELD, cookie: WITHHELD, 'x-a': '1' })
    const listed = await stack.api.call('cases.list', { appid })
    expect(JSON.stringify(listed.map(({ request }) => request))).not.toContain('sesame')
    const stored = await people.mongo.db('lathe').collection('cases').find({}).toArray()
    expect(JSON.stringify(stored.map(({ request }) => request))).not.toContain('sesame')

    const { functionName, expectations, request } = saved
    const copy = await stack.api.call('cases.save', {
      appid,
      functionName,
      name: 'copy',
      request,
      expectations,
    })
    const events: unknown[] = []
    const input = { appid, target: 'live', only: { cases: [saved.id, copy.id] } }
    for await (const event of stack.api.subscribe('tests.run', input)) events.push(event)
    expect(events.at(-1)).toMatchObject({ type: 'end', counts: { passed: 2, failed: 0 } })
    expect((await echoed(request)).headers.authorization).toBe('Bearer sesame-1')
  })

  test('shows references to variables as they are', async () => {
    const saved = await stack.api.call('cases.save', {
      appid,
      functionName: 'echo',
      name: 'by reference',
      request: { headers: { authorization: 'Bearer {{token}}' } },
      expectations: [],
    })
    expect(saved.request).toMatchObject({ headers: { authorization: 'Bearer {{token}}' } })
    expect(saved.request.stored).toBeUndefined()
  })

  test('that was kept in clear is sealed by the next start', async () => {
    const cases = people.mongo.db('lathe').collection<{ _id: string; request: string }>('cases')
    const saved = await stack.api.call('cases.save', {
      appid,
      functionName: 'echo',
      name: 'old',
      request: {},
      expectations: [],
    })
    const plain = JSON.stringify({ headers: { authorization: 'Bearer sesame-3' } })
    await cases.updateOne({ _id: saved.id }, { $set: { request: plain } })
    process.kill(stack.lathe.pids().api!, 'SIGKILL')
    await eventually(async () => {
      const found = await stack.api.call('cases.list', { appid })
      return found.find(({ id }) => id === saved.id)?.request.headers.authorization === WITHHELD
    }, 'the case sealed by the next api')
    const doc = await cases.findOne({ _id: saved.id })
    expect(doc?.request).not.toContain('sesame')
  })
})
