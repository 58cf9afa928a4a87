import { afterEach, describe, expect, test } from 'vitest'
import { unit } from './support/compile.ts'
import { RuntimeProcess } from './support/runtime-process.ts'

let runtime: RuntimeProcess
/** The machine may be loaded. */
const PATIENT = { timeout: 30_000, interval: 20 }
afterEach(() => runtime.stop())

const lib = (n: number) => unit('lib', `export const n: number = ${n}\nexport const at = Math.random()`)
const caller = (revision: number) =>
  unit(
    'caller',
    `import { n } from '@/lib'\nexport const mine: number = ${revision}\nexport default () => ({ n, mine })`,
    {
      revision,
    },
  )

describe('a publish', () => {
  test('re-evaluates what changed and its importers, and keeps every other instance', async () => {
    runtime = await RuntimeProcess.start({
      functions: [
        lib(1),
        caller(1),
        unit('other', 'let calls = 0\nexport default () => ++calls'),
        unit('a', 'import { b } from "./b"\nexport const a = Math.random()\nexport default () => [a, b()]'),
        unit('b', 'import { a } from "./a.ts"\nexport const b = () => a\nexport default () => a'),
      ],
    })
    expect((await runtime.ask('/other')).json).toBe(1)
    const circle = (await runtime.ask('/a')).json
    expect(circle[0]).toBe(circle[1])
    await runtime.api.publish('p1', [lib(2)])
    expect((await runtime.ask('/caller')).json).toEqual({ n: 2, mine: 1 })
    expect((await runtime.ask('/other')).json).toBe(2)
    expect((await runtime.ask('/a')).json).toEqual(circle)
    await runtime.api.publish('p2', [
      unit('b', 'import { a } from "./a"\nexport const b = () => -a\nexport default () => 0'),
    ])
    const changed = (await runtime.ask('/a')).json
    expect(changed[0]).not.toBe(circle[0])
    expect(changed[1]).toBe(-changed[0])
    expect((await runtime.ask('/other')).json).toBe(3)
  })

  test('that cannot be loaded changes nothing and says where it is wrong', async () => {
    runtime = await RuntimeProcess.start({ functions: [lib(1), caller(1)] })
    const prepare = async (id: string, source: string, name = 'caller') => {
      runtime.api.send({
        type: 'prepare',
        publishId: id,
        set: [unit(name, source, { revision: 2 })],
        removed: [],
      })
      return (await runtime.api.message('prepared', (m) => m.publishId === id)).errors
    }
    const missing = await prepare('x1', "import { nope } from '@/lib'\nexport default () => nope")
    expect(missing[0]).toMatchObject({ name: 'caller', marker: { line: 1, column: 10, endColumn: 14 } })
    expect(missing[0]!.message).toContain("'nope'")
    const gone = await prepare('x2', "\nimport { n } from '@/gone'\nexport default () => n")
    expect(gone[0]).toMatchObject({ name: 'caller', marker: { line: 2, column: 19 } })
    const thrown = await prepare(
      'x3',
      'type A = 1\nconst a: any = undefined\nexport const b = a.c\nexport default () => b',
    )
    expect(thrown[0]).toMatchObject({ name: 'caller', marker: { line: 3, column: 20 } })
    // What breaks an importer is an error of this publish, too.
    const importer = await prepare('x4', 'export const m = 1', 'lib')
    expect(importer[0]).toMatchObject({ name: 'caller', marker: { line: 1, column: 10 } })
    expect((await runtime.ask('/caller')).json).toEqual({ n: 1, mine: 1 })
    for (const publishId of ['x1', 'x2', 'x3', 'x4']) runtime.api.send({ type: 'abort', publishId })
    await runtime.api.publish('ok', [lib(5)])
    expect((await runtime.ask('/caller')).json).toEqual({ n: 5, mine: 1 })
  })

  test('prepared beside another one loses nothing of it', async () => {
    runtime = await RuntimeProcess.start({ functions: [lib(1), caller(1)] })
    const { api } = runtime
    api.send({ type: 'prepare', publishId: 'a', set: [lib(7)], removed: [] })
    api.send({ type: 'prepare', publishId: 'b', set: [caller(9)], removed: [] })
    await api.message('prepared', (m) => m.publishId === 'b')
    api.send({ type: 'commit', publishId: 'a' })
    api.send({ type: 'commit', publishId: 'b' })
    await api.message('live', (m) => m.publishId === 'b')
    expect((await runtime.ask('/caller')).json).toEqual({ n: 7, mine: 9 })
  })

  test('whose top level never ends is refused, and the app goes on', async () => {
    runtime = await RuntimeProcess.start({ functions: [lib(1), caller(1)] })
    await expect(
      runtime.api.publish('loop', [unit('caller', 'for (;;) {}\nexport default () => 1')]),
    ).rejects.toThrow('top-level code ran for more than')
    expect((await runtime.ask('/caller')).json).toEqual({ n: 1, mine: 1 })
  })

  test('removes functions', async () => {
    runtime = await RuntimeProcess.start({ functions: [lib(1), caller(1)] })
    await runtime.api.publish('r', [], ['caller'])
    expect((await runtime.ask('/caller')).status).toBe(404)
  })

  test('lets requests that are under way end on what they began with, dynamic imports too', async () => {
    runtime = await RuntimeProcess.start({
      functions: [
        unit(
          'gate',
          'export const waiting: (() => void)[] = []\nexport default () => { for (const go of waiting.splice(0)) go(); return waiting.length }',
        ),
        unit('lib', 'export const n = 1'),
        unit(
          'slow',
          "import { waiting } from '@/gate'\nexport default async () => { console.log('begun'); await new Promise<void>(r => waiting.push(r)); const { n } = await import('@/lib'); return { n } }",
        ),
      ],
    })
    const slow = runtime.ask('/slow')
    await runtime.api.line((line) => line.text === 'begun')
    await runtime.api.publish('p', [unit('lib', 'export const n = 2')])
    await runtime.ask('/gate')
    expect((await slow).json).toEqual({ n: 1 })
    const next = runtime.ask('/slow')
    await runtime.api.until(() => runtime.api.lines.filter((line) => line.text === 'begun').length === 2)
    await runtime.ask('/gate')
    expect((await next).json).toEqual({ n: 2 })
  })

  test('100 times under load: no request fails, none sees neither revision', async () => {
    runtime = await RuntimeProcess.start({ functions: [lib(0), caller(0)] })
    let current = 0
    let next = 0
    let over = false
    let answered = 0
    const wrong: string[] = []
    const visitor = async () => {
      while (!over) {
        const from = current
        const answer = await runtime.ask('/caller')
        answered++
        const { n, mine } = answer.json ?? {}
        // Both functions change together: a mixture would be neither revision.
        if (answer.status !== 200 || n !== mine || n < from || n > next)
          wrong.push(`${answer.status} ${answer.text}`)
      }
    }
    const visitors = Array.from({ length: 8 }, visitor)
    for (next = 1; next <= 100; next++) {
      const before = answered
      await runtime.api.publish(`p${next}`, [lib(next), caller(next)])
      current = next
      while (answered < before + 8) await new Promise((resolve) => setImmediate(resolve))
    }
    over = true
    await Promise.all(visitors)
    expect(wrong).toEqual([])
    expect(answered).toBeGreaterThan(800)
  })
})

test('1,000 publishes of 20 kB leave nothing behind', async () => {
  // 1,000 × 20 kB and what V8 makes of it would not fit into this heap.
  runtime = await RuntimeProcess.start({ memoryMb: 32, functions: [caller(0), lib(0)] })
  const helpers = Array.from(
    { length: 200 },
    (_, i) => `export function f${i}(a: number) { return { a, text: 'filler ${i}', n: ${i} } }`,
  ).join('\n')
  const big = (n: number) =>
    unit(
      'big',
      `${helpers}\nimport { n as m } from '@/lib'\nexport default async () => ({ n: ${n}, m, f: f1(1).a, again: (await import('@/lib')).n })`,
    )
  expect(big(0).code.length).toBeGreaterThan(15_000)
  for (let n = 1; n <= 1000; n++) {
    await runtime.api.publish(`p${n}`, [big(n)])
    if (n % 100 === 0) expect((await runtime.ask('/big')).json).toEqual({ n, m: 0, f: 1, again: 0 })
    runtime.api.received.length = 0
  }
  expect(runtime.child.exitCode).toBe(null)
}, 120_000)

describe('a run', () => {
  test('sees the drafts behind its imports, and nobody else does', async () => {
    runtime = await RuntimeProcess.start({ functions: [lib(1), caller(1)] })
    const token = await runtime.api.run('run-1', 'caller', [
      unit('lib', 'export const n = 100', { revision: 0 }),
      unit(
        'new',
        'import { n } from "@/lib"\nexport default (ctx: any) => { console.log("in the run"); return { n, headers: Object.keys(ctx.headers), raw: ctx.request.rawHeaders.join() } }',
        { revision: 0 },
      ),
    ])
    const headers = { 'x-lathe-run': token }
    expect((await runtime.ask('/caller', { headers })).json).toEqual({ n: 100, mine: 1 })
    expect((await runtime.ask('/caller')).json).toEqual({ n: 1, mine: 1 })
    expect((await runtime.ask('/new')).status).toBe(404)
    const seen = await runtime.ask('/new', { headers })
    expect(seen.json.headers).not.toContain('x-lathe-run')
    expect(seen.json.raw).not.toContain(token)
    const line = await runtime.api.line((l) => l.text === 'in the run')
    expect(line).toMatchObject({
      runId: 'run-1',
      functionName: 'new',
      revision: 0,
      source: { file: 'new.ts', line: 2 },
    })
    const item = await runtime.api.invocation((i) => i.functionName === 'new')
    expect(item.runId).toBe('run-1')
    runtime.api.send({ type: 'run-end', runId: 'run-1' })
    await expect.poll(async () => (await runtime.ask('/caller', { headers })).status, PATIENT).toBe(403)
  })

  test('that ends aborts its request', async () => {
    runtime = await RuntimeProcess.start({
      functions: [
        unit(
          'hang',
          'export default (ctx: any) => new Promise(() => { console.log("hangs"); ctx.signal.addEventListener("abort", () => console.log("aborted")) })',
        ),
      ],
    })
    const token = await runtime.api.run('run-2', 'hang', [])
    const answer = runtime.ask('/hang', { headers: { 'x-lathe-run': token } })
    await runtime.api.line((line) => line.text === 'hangs')
    runtime.api.send({ type: 'run-end', runId: 'run-2' })
    expect((await answer).status).toBe(403)
    await runtime.api.line((line) => line.text === 'aborted')
  })

  test('that cannot be loaded says why and leaves what is live alone', async () => {
    runtime = await RuntimeProcess.start({ functions: [lib(1), caller(1)] })
    await expect(
      runtime.api.run('run-3', 'caller', [unit('caller', 'import "@/none"\nexport default 1')]),
    ).rejects.toThrow('@/none')
    expect((await runtime.ask('/caller')).json).toEqual({ n: 1, mine: 1 })
  })
})
