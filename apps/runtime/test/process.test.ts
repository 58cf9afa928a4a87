import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { unit } from './support/compile.ts'
import { RuntimeProcess } from './support/runtime-process.ts'

let runtime: RuntimeProcess
/** The machine may be loaded. */
const PATIENT = { timeout: 30_000, interval: 20 }
afterEach(() => runtime.stop())

const hello = unit('hello', 'export default () => process.env.GREETING ?? "no greeting"')

describe('without the api', () => {
  test('a killed runtime starts from its snapshot, and takes what changed when the api is back', async () => {
    runtime = await RuntimeProcess.start({ functions: [hello], env: { GREETING: 'hi' } })
    await runtime.api.publish('p', [unit('second', 'export default () => 2')])
    await expect
      .poll(() => readFileSync(`${runtime.appDir}/state/snapshot.json`, 'utf8'), PATIENT)
      .toContain('"name":"second"')
    expect(statSync(`${runtime.appDir}/state/snapshot.json`).mode & 0o777).toBe(0o600)
    await runtime.api.close()
    runtime.child.kill('SIGKILL')
    await runtime.exit
    runtime.spawn()
    await expect
      .poll(
        () =>
          runtime.ask('/second').then(
            (a) => a.text,
            () => '',
          ),
        PATIENT,
      )
      .toBe('2')
    expect((await runtime.ask('/hello')).text).toBe('hi')
    runtime.api.functions = [unit('hello', 'export default () => "from the api"')]
    runtime.api.received.length = 0
    await runtime.api.listen()
    await runtime.ready()
    expect((await runtime.ask('/hello')).text).toBe('from the api')
    expect((await runtime.ask('/second')).status).toBe(404)
  })

  test('it goes on serving, keeps its logs, and counts what it had to drop', async () => {
    runtime = await RuntimeProcess.start({
      memoryMb: 512, // on a busy machine the flood's garbage fills a small heap, which is a line of its own
      functions: [
        unit('log', 'export default (ctx: any) => { console.log("line", ctx.params[0]); return 1 }'),
        unit('flood', 'export default () => { for (let i = 0; i < 9000; i++) console.log(i) }'),
      ],
    })
    await runtime.api.close()
    expect((await runtime.ask('/flood')).status).toBe(204)
    expect((await runtime.ask('/log/kept')).text).toBe('1')
    await runtime.api.listen()
    await runtime.api.line((line) => line.text === 'line kept')
    await runtime.api.until(() => runtime.api.dropped + runtime.api.lines.length >= 9001)
    expect(runtime.api.dropped).toBeGreaterThan(0)
    expect(runtime.api.dropped + runtime.api.lines.length).toBe(9001)
    const seqs = runtime.api.lines.map((line) => line.seq)
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
  })

  test('a snapshot that was cut short is no obstacle', async () => {
    runtime = await RuntimeProcess.start({
      functions: [hello],
      before: (appDir) => {
        mkdirSync(`${appDir}/state`)
        writeFileSync(`${appDir}/state/snapshot.json`, '{"version":1,"functions":[{')
      },
    })
    expect((await runtime.ask('/hello')).status).toBe(200)
  })
})

describe('the control channel', () => {
  test('is opened with the instance token, and again when it breaks', async () => {
    runtime = await RuntimeProcess.start({ functions: [hello] })
    expect(runtime.api.authorization).toBe(`Bearer ${'instance-token-'.padEnd(40, 't')}`)
    const hi = await runtime.api.message('hello')
    expect(hi).toMatchObject({
      appid: 'abcdef',
      instanceId: 'test-instance-1',
      pid: runtime.child.pid,
      upstream: { kind: 'unix', path: runtime.socketPath },
      isolation: ['permission'],
    })
    await runtime.api.close()
    await runtime.api.listen()
    await runtime.api.until(() => runtime.api.connections === 2)
  })

  test('survives messages that nobody understands', async () => {
    runtime = await RuntimeProcess.start({ functions: [hello] })
    runtime.api.sendRaw('not json')
    runtime.api.sendRaw('{"type":"made-up"}')
    runtime.api.sendRaw('{"type":"prepare","publishId":5}')
    await runtime.api.publish('after', [unit('after', 'export default () => "fine"')])
    expect((await runtime.ask('/after')).text).toBe('fine')
    expect(runtime.api.connections).toBe(1)
  })

  test('changes the environment of running functions', async () => {
    runtime = await RuntimeProcess.start({ functions: [hello], env: { GREETING: 'one', OTHER: 'x' } })
    expect((await runtime.ask('/hello')).text).toBe('one')
    runtime.api.send({ type: 'env', env: { GREETING: 'two' }, envId: 'e1' })
    await runtime.api.message('env-applied', (m) => m.envId === 'e1')
    expect((await runtime.ask('/hello')).text).toBe('two')
  })

  test('reports exact counts of requests', async () => {
    runtime = await RuntimeProcess.start({
      functions: [hello, unit('fails', 'export default () => { throw 1 }')],
    })
    for (let i = 0; i < 20; i++) await runtime.ask('/hello')
    for (let i = 0; i < 3; i++) await runtime.ask('/fails')
    const counts = () => runtime.api.received.flatMap((m) => (m.type === 'metrics' ? m.counts : []))
    const sum = (name: string, field: 'requests' | 'errors') =>
      counts()
        .filter((c) => c.functionName === name)
        .reduce((total, c) => total + c[field], 0)
    await runtime.api.until(() => sum('hello', 'requests') === 20 && sum('fails', 'errors') === 3)
    const latencies = counts().flatMap((c) => c.latency)
    expect(latencies.reduce((total, [, n]) => total + n, 0)).toBe(23)
  })
})

describe('ending', () => {
  test.each(['drain', 'SIGTERM'])('%s: what is under way is answered, then exit code 0', async (how) => {
    runtime = await RuntimeProcess.start({
      functions: [
        unit(
          'timed',
          'export default async () => { console.log("under way"); await new Promise(r => setTimeout(r, 300)); return "whole" }',
        ),
      ],
    })
    const answer = runtime.ask('/timed')
    await runtime.api.line((line) => line.text === 'under way')
    if (how === 'drain') runtime.api.send({ type: 'drain', graceMs: 10_000 })
    else runtime.child.kill('SIGTERM')
    expect((await answer).text).toBe('whole')
    expect(await runtime.exit).toEqual({ code: 0, signal: null })
    expect(runtime.stderr).toBe('')
    expect(runtime.api.invocations.map((i) => i.status)).toEqual([200])
  })

  test('when the parent is gone, whatever the app does with stdin and signals', async () => {
    runtime = await RuntimeProcess.start({
      functions: [
        unit(
          'break',
          'export default () => { process.stdin.destroy(); process.removeAllListeners(); process.removeAllListeners("SIGTERM"); return 1 }',
        ),
        unit(
          'loop',
          'export default () => { console.log("looping"); setTimeout(() => { for (;;) {} }, 10) }',
        ),
      ],
    })
    await runtime.ask('/break')
    await runtime.ask('/loop')
    runtime.child.stdin!.end()
    expect((await runtime.exit).signal).toBe('SIGKILL')
  })
})

describe('what functions find around them', () => {
  const evaluate = async (source: string, env = {}) => {
    runtime = await RuntimeProcess.start({
      functions: [
        unit(
          'probe',
          `export default async (ctx: any) => { try { return await (async () => { ${source} })() } catch (e: any) { return { code: e.code, message: e.message } } }`,
        ),
      ],
      env,
    })
    return (await runtime.ask('/probe')).json
  }

  test('the app’s environment and nothing of ours', async () => {
    expect(await evaluate('return process.env', { A: '1' })).toEqual({
      A: '1',
      NODE_ENV: 'production',
      TMPDIR: expect.stringMatching(/\/tmp$/),
    })
  })
  test('no child processes, no files of others, no threads, no debugger, no bindings', async () => {
    const found = await evaluate(`
      const attempt = async (f: () => unknown) => { try { await f(); return 'open' } catch (e: any) { return e.code ?? e.message } }
      const cp = await import('node:child_process'), fs = await import('node:fs'), wt = await import('node:worker_threads')
      const insp = await import('node:inspector'), mod = await import('node:module')
      return {
        spawn: await attempt(() => cp.execSync('id')),
        read: await attempt(() => fs.readFileSync('/etc/passwd')),
        proc: await attempt(() => fs.readFileSync('/proc/self/environ')),
        write: await attempt(() => fs.writeFileSync('/tmp/lathe-escape', '')),
        up: await attempt(() => fs.readdirSync('..')),
        worker: await attempt(() => new wt.Worker('1', { eval: true })),
        session: await attempt(() => new insp.Session()),
        open: await attempt(() => insp.open(0)),
        hooks: await attempt(() => mod.registerHooks({})),
        builtin: await attempt(() => new (process as any).getBuiltinModule('node:inspector').Session()),
        binding: await attempt(() => (process as any).binding('fs')),
        dlopen: await attempt(() => (process as any).dlopen({}, '/x.node')),
        kill: await attempt(() => process.kill(process.ppid)),
        abort: await attempt(() => process.abort()),
      }`)
    expect(found).toEqual({
      spawn: 'ERR_ACCESS_DENIED',
      read: 'ERR_ACCESS_DENIED',
      proc: 'ERR_ACCESS_DENIED',
      write: 'ERR_ACCESS_DENIED',
      up: 'ERR_ACCESS_DENIED',
      worker: 'ERR_ACCESS_DENIED',
      session: 'inspector.Session is not available to functions',
      open: 'inspector.open is not available to functions',
      hooks: 'module.registerHooks is not available to functions',
      builtin: 'inspector.Session is not available to functions',
      binding: 'process.binding is not available to functions',
      dlopen: 'process.dlopen is not available to functions',
      kill: 'process.kill is not available to functions',
      abort: 'process.abort is not available to functions',
    })
  })
  test('packages of every kind, and our own module under both its names as one', async () => {
    runtime = await RuntimeProcess.start({
      before: (appDir) => {
        const put = (path: string, text: string) => {
          mkdirSync(`${appDir}/node_modules/${path}`.replace(/\/[^/]+$/, ''), { recursive: true })
          writeFileSync(`${appDir}/node_modules/${path}`, text)
        }
        put('esm/package.json', '{"name":"esm","type":"module","exports":"./i.js"}')
        put(
          'esm/i.js',
          'import cloud from "@lathe/cloud"; import cjs from "cjs"; export const esm = "esm"; export { cloud, cjs }',
        )
        put('cjs/package.json', '{"name":"cjs","main":"m.js"}')
        put('cjs/m.js', 'exports.kind = "cjs"; exports.data = require("./d.json")')
        put('cjs/d.json', '{"x":1}')
      },
      functions: [
        unit(
          'uses',
          `import one from '@lathe/cloud'
           import two from '@lafjs/cloud'
           import { esm, cloud as three, cjs } from 'esm'
           import { kind } from 'cjs'
           import data from 'cjs/d.json'
           import fs, { readFileSync } from 'node:fs'
           import { createRequire } from 'node:module'
           import { ObjectId } from 'mongodb'
           export default async () => ({
             same: one === two && two === three, esm, kind, data, cjs, fs: fs.readFileSync === readFileSync,
             required: createRequire(import.meta.url)('cjs').kind,
             later: (await import('esm')).esm,
             url: import.meta.url.startsWith('file://') && import.meta.filename.endsWith('/functions/uses.ts'),
             id: new ObjectId('6a1c2d3e4f5a6b7c8d9e0f1a').toHexString(),
             globals: [AbortController, TextEncoder, structuredClone, Response, crypto.subtle].every(Boolean),
             realm: ({}) instanceof Object,
           })`,
        ),
      ],
    })
    expect((await runtime.ask('/uses')).json).toEqual({
      same: true,
      esm: 'esm',
      kind: 'cjs',
      data: { x: 1 },
      cjs: { kind: 'cjs', data: { x: 1 } },
      fs: true,
      required: 'cjs',
      later: 'esm',
      url: true,
      id: '6a1c2d3e4f5a6b7c8d9e0f1a',
      globals: true,
      realm: true,
    })
  })
})

test('console writes lines with their place, level, function and request', async () => {
  runtime = await RuntimeProcess.start({
    functions: [
      unit('util', 'export function say(text: string): void {\n\n  console.warn(text)\n}'),
      unit(
        'logs',
        `import { say } from '@/util'
interface Unused { a: 1 }
export default async () => {
  console.log('%s is %d', 'a', 1, { deep: { er: [1, new Map([[1, 2]])] } })
  await null
  console.error(new RangeError('shown'))
  say('from a helper')
  console.table([{ a: 1 }])
  process.stdout.write('raw\\nhalf')
  console.log('x'.repeat(20_000))
}`,
      ),
    ],
  })
  await runtime.ask('/logs', { headers: { 'x-request-id': 'req-logs' } })
  await runtime.api.line((line) => line.text === 'half')
  const lines = runtime.api.lines.filter((line) => line.functionName === 'logs')
  const by = (text: string) => lines.find((line) => line.text.includes(text))!
  expect(lines.every((line) => line.requestId === 'req-logs' && line.revision === 1)).toBe(true)
  expect(by('a is 1')).toMatchObject({
    level: 'info',
    text: 'a is 1 { deep: { er: [ 1, [Map] ] } }',
    source: { file: 'logs.ts', line: 4, column: 11 },
  })
  expect(by('RangeError: shown').text).toContain('logs.ts:6:17')
  expect(by('from a helper')).toMatchObject({
    level: 'warn',
    source: { file: 'util.ts', line: 3, column: 11 },
  })
  expect(by('│ a │').source).toMatchObject({ file: 'logs.ts', line: 8 })
  expect(by('raw').source).toMatchObject({ file: 'logs.ts', line: 9 })
  expect(by('xxx').text).toHaveLength(8192 + '… (11808 more characters)'.length)
})
