import type { LogLine, RunEvent } from '@lathe/shared'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inPhase, publish, runningApp } from './support/apps.ts'
import { ApiError } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

let stack: Stack
let appid: string
let url: string
beforeAll(async () => {
  stack = await startStack()
  ;({ appid, url } = await runningApp(stack))
  await publish(stack, appid, 'hello', 'export default () => "live"')
})
afterAll(() => stack[Symbol.asyncDispose]())

interface RunInput {
  name?: string
  source?: string
  request?: object
}

async function run({ name = 'hello', ...input }: RunInput): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of stack.api.subscribe('runs.execute', { appid, name, ...input })) {
    events.push(event as RunEvent)
  }
  return events
}

function responseOf(events: RunEvent[]) {
  const found = events.find((event) => event.type === 'response')
  if (!found) throw new Error(`no response: ${JSON.stringify(events)}`)
  return found.response
}

const linesOf = (events: RunEvent[]) => events.flatMap((event) => (event.type === 'log' ? [event.line] : []))

describe('a run', () => {
  test('executes the draft by a real request, shows its lines, and changes nothing for visitors', async () => {
    const events = await run({
      source: `export default async (ctx) => {
  console.log('got', ctx.method, ctx.query.a, ctx.body)
  console.error(new Error('shown'))
  return { draft: true, header: ctx.headers['x-mine'], token: ctx.headers['x-lathe-run'] }
}`,
      request: {
        method: 'POST',
        path: '/sub path',
        query: { a: 'ü&1' },
        headers: { 'X-Mine': '1' },
        body: '{"b":2}',
      },
    })
    expect(responseOf(events)).toMatchObject({ status: 200, bodyEncoding: 'utf8', truncated: false })
    expect(JSON.parse(responseOf(events).body)).toEqual({ draft: true, header: '1' })
    const lines = linesOf(events)
    expect(lines.map(({ level }) => level)).toEqual(['info', 'error'])
    expect(lines[0]).toMatchObject({
      text: 'got POST ü&1 { b: 2 }',
      functionName: 'hello',
      revision: 0,
      requestId: responseOf(events).requestId,
      source: { file: 'hello.ts', line: 2 },
    })
    expect((await visit(`${url}/hello`)).text).toBe('live')
  })

  test('without a source executes what is live', async () => {
    expect(responseOf(await run({})).body).toBe('live')
  })

  test('takes along the drafts that the draft reaches by imports, and no others', async () => {
    await publish(stack, appid, 'lib/b', 'export const b = () => "live b"')
    await publish(stack, appid, 'lib/a', 'import { b } from "./b"\nexport const a = () => "live a " + b()')
    const draft = (name: string, source: string, baseRevision: number) =>
      stack.api.call('functions.saveDraft', { appid, name, source, baseRevision })
    await draft('lib/b', 'export const b = () => "draft b"\n', 1)
    await stack.api.call('functions.create', { appid, name: 'broken', source: 'not even {' })
    const source = 'import { a } from "@/lib/a"\nexport default () => a()'
    expect(responseOf(await run({ source })).body).toBe('live a draft b')
    await draft('lib/b', 'export const b = {', 1)
    expect(await run({ source })).toMatchObject([
      { type: 'error', reason: 'COMPILE_ERROR', message: expect.stringContaining('lib/b') },
    ])
  })

  test.each([
    ['COMPILE_ERROR', 'export default ( => 1', { markers: [{ line: 1 }] }],
    ['LOAD_ERROR', 'throw new Error("at load")', { errors: [{ name: 'hello' }] }],
    ['TOO_LARGE', `//${'x'.repeat(1_000_000)}`, {}],
  ])('that cannot begin says so as an event: %s', async (reason, source, more) => {
    expect(await run({ source })).toMatchObject([{ type: 'error', reason, ...more }])
  })

  test('streams its lines while it goes on, and its cancellation aborts the function', async () => {
    const gone = new AbortController()
    const source = `export default async (ctx) => {
  console.log('begun')
  await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
  console.log('aborted')
}`
    const events = stack.api.subscribe('runs.execute', { appid, name: 'hello', source }, gone.signal)
    const first = (await events.next()).value as RunEvent
    expect(first).toMatchObject({ type: 'log', line: { text: 'begun' } })
    const { runId } = (first as { line: LogLine }).line
    gone.abort()
    await events.next().catch(() => null)
    const tail = stack.api.subscribe('logs.tail', { appid, functionName: 'hello' })
    for await (const event of tail) {
      const { line } = event as { line: LogLine }
      if (line.runId === runId && line.text === 'aborted') break
    }
  })

  test('shows the first 8 MB of an answer that goes on for ever, and ends it', async () => {
    const source = `export default async function* (ctx) { for (;;) yield 'x'.repeat(65536) }`
    const response = responseOf(await run({ source }))
    expect(response).toMatchObject({ status: 200, truncated: true })
    expect(response.body).toHaveLength(8 * 1024 * 1024)
  })

  test('gives what came of an answer that breaks off, the lines that say why, and an error', async () => {
    const source = `const { promise, resolve } = Promise.withResolvers()
export default async (ctx) => {
  if (ctx.query.tear) return resolve()
  return (async function* () {
    yield 'the first half'
    await promise
    throw new Error('and no second one')
  })()
}`
    await publish(stack, appid, 'torn', source)
    const events: RunEvent[] = []
    for await (const event of stack.api.subscribe('runs.execute', { appid, name: 'torn', stream: true })) {
      events.push(event as RunEvent)
      if (events.at(-1)?.type === 'chunk') await visit(`${url}/torn?tear=1`)
    }
    const came = events.flatMap((event) =>
      event.type === 'chunk' ? [Buffer.from(event.data, 'base64')] : [],
    )
    expect(Buffer.concat(came).toString()).toBe('the first half')
    expect(linesOf(events).map(({ text }) => text)).toEqual([expect.stringContaining('and no second one')])
    expect(events.at(-1)).toMatchObject({ type: 'error', reason: 'RUNTIME_UNAVAILABLE' })
    expect(events.map(({ type }) => type)).not.toContain('response')
  })

  test('shows bytes that are no text as base64', async () => {
    const source = 'export default () => new Uint8Array([0xff, 0xfe, 0x00])'
    expect(responseOf(await run({ source }))).toMatchObject({ body: '//4A', bodyEncoding: 'base64', size: 3 })
  })

  test('refuses headers that cannot be sent, and does not let any forge what is ours', async () => {
    const bad = run({ request: { headers: { 'a b': '1' } } })
    await expect(bad).rejects.toMatchObject({ reason: 'INVALID_INPUT' })
    const source = 'export default (ctx) => ctx.headers.host'
    const forged = {
      headers: { Host: 'evil.example', 'X-Lathe-Run': 'forged', 'Transfer-Encoding': 'chunked' },
    }
    expect(responseOf(await run({ source, request: forged })).body).toBe(new URL(url).host)
  })

  test('of an app that is stopped says so', async () => {
    const other = await runningApp(stack)
    await stack.api.call('functions.create', { appid: other.appid, name: 'f' })
    await stack.api.call('apps.stop', { appid: other.appid })
    await inPhase(stack.api, other.appid, 'stopped')
    const events: unknown[] = []
    for await (const event of stack.api.subscribe('runs.execute', { appid: other.appid, name: 'f' })) {
      events.push(event)
    }
    expect(events).toMatchObject([{ type: 'error', reason: 'APP_NOT_RUNNING' }])
  })

  test('of a function that is not there, or in nobody’s app, is NOT_FOUND', async () => {
    await expect(run({ name: 'nowhere' })).rejects.toBeInstanceOf(ApiError)
    await expect(run({ name: 'nowhere' })).rejects.toMatchObject({ reason: 'NOT_FOUND' })
  })

  test('of two at once each sees its own lines and its own answer', async () => {
    const source = (n: number) =>
      `export default async () => { console.log(${n}); await new Promise((r) => setTimeout(r, 50)); console.log(${n}); return ${n} }`
    const both = await Promise.all([run({ source: source(1) }), run({ source: source(2) })])
    for (const [index, events] of both.entries()) {
      expect(responseOf(events).body).toBe(String(index + 1))
      expect(linesOf(events).map(({ text }) => text)).toEqual([String(index + 1), String(index + 1)])
    }
  })
})

describe('the log', () => {
  test('begins with the last lines, goes on with those that come, and filters', async () => {
    await publish(
      stack,
      appid,
      'chatty',
      'export default (ctx) => { console.log("n", ctx.query.n); console.warn("w", ctx.query.n); return 1 }',
    )
    for (const n of [1, 2, 3]) await visit(`${url}/chatty?n=${n}`)
    const seen: string[] = []
    const tail = stack.api.subscribe('logs.tail', { appid, functionName: 'chatty', level: 'warn' })
    for await (const event of tail) {
      const { line } = event as { line: LogLine }
      seen.push(line.text)
      if (seen.length === 3) void visit(`${url}/chatty?n=4`)
      if (seen.length === 4) break
    }
    expect(seen).toEqual(['w 1', 'w 2', 'w 3', 'w 4'])
  })

  test('goes on after the last event that was seen', async () => {
    await publish(stack, appid, 'resume', 'export default (ctx) => { console.log(ctx.query.n); return 1 }')
    for (const n of [1, 2, 3]) await visit(`${url}/resume?n=${n}`)
    const ids = await eventually(async () => {
      const found: { id: string; text: string }[] = []
      for await (const event of tracked({ appid, functionName: 'resume' })) {
        found.push(event)
        if (found.length === 3) return found
      }
      return null
    })
    const rest: string[] = []
    for await (const { text } of tracked({ appid, functionName: 'resume', lastEventId: ids[0]!.id })) {
      rest.push(text)
      if (rest.length === 2) break
    }
    expect(rest).toEqual(['2', '3'])
  })
})

/** Lines with the ids that the stream gives them. */
async function* tracked(input: object): AsyncGenerator<{ id: string; text: string }> {
  const query = encodeURIComponent(JSON.stringify(input))
  const response = await fetch(`${stack.lathe.url}/trpc/logs.tail?input=${query}`, {
    headers: { ...stack.api.headers, accept: 'text/event-stream' },
  })
  let text = ''
  for await (const chunk of response.body!.pipeThrough(
    new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>,
  )) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const id = /^id: ?(.*)$/m.exec(block)?.[1]
      const data = /^data: ?(.*)$/m.exec(block)?.[1]
      if (id && data) yield { id, text: JSON.parse(data).line.text }
    }
  }
}
