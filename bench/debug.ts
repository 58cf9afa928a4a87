import type { BenchLathe } from './lib/lathe.ts'
import { figure, table, verdict } from './lib/markdown.ts'
import type { Section } from './lib/section.ts'
import { median, percentile } from './lib/statistics.ts'

const HITS = 30
/** The line before the breakpoint notes the time, by the same clock. */
const SOURCE = `export default () => {
  const at = Date.now()
  const order = { price: 1, lines: [1, 2, 3] }
  return { at, order }
}
`

interface Event {
  type: string
  sessionId?: string
  frames?: { callFrameId: string; scopes: { type: string; objectId: string }[] }[]
}

/** How soon after a breakpoint was hit its variables are there, as a browser asks for them. */
export async function debugging(bench: BenchLathe): Promise<Section> {
  const { appid } = await bench.createApp('debugging')
  await bench.createFunction(appid, 'hello', SOURCE)
  const leave = new AbortController()
  const events = bench.subscribe<Event>('debug.session', { appid }, leave.signal)
  const next = async (type: string) => {
    for (;;) {
      const { value, done } = await events.next()
      if (done) throw new Error('the debug session ended')
      if (value.type === type) return value
    }
  }
  const startedAt = performance.now()
  const { sessionId } = await next('started')
  const startMs = performance.now() - startedAt
  const send = <T>(method: string, params: object) =>
    bench.call<T>('debug.send', { appid, sessionId, command: { method, params } })
  await send('Lathe.setBreakpoints', { breakpoints: [{ functionName: 'hello', line: 4 }] })
  const hits: number[] = []
  for (let i = 0; i < HITS; i++) {
    const run = (async () => {
      const input = { appid, name: 'hello', source: SOURCE, debugSession: sessionId }
      for await (const _ of bench.subscribe('runs.execute', input, leave.signal)) {
        // Read to its end.
      }
    })()
    const frame = (await next('paused')).frames![0]!
    const local = frame.scopes.find(({ type }) => type === 'local')!
    const found = await send<{ properties: { name: string; value: { text: string } }[] }>(
      'Runtime.getProperties',
      { objectId: local.objectId },
    )
    const shownAt = Date.now()
    hits.push(shownAt - Number(found.properties.find(({ name }) => name === 'at')!.value.text))
    await send('Debugger.resume', {})
    await run
  }
  leave.abort()
  return {
    title: 'Debugging',
    text: [
      `From the line before a breakpoint to the variables of its frame in a client's hands, through the api, the control channel and the inspector, ${HITS} times; and from opening a session until its runtime is there, once:`,
      table(
        ['', 'median ms', 'p95 ms'],
        [
          ['hit to variables', figure(median(hits)), figure(percentile(hits, 0.95))],
          ['session start', figure(startMs), ''],
        ],
      ),
    ].join('\n\n'),
    verdicts: [
      verdict('breakpoint hit to variables <= 150 ms', `${figure(median(hits))} ms`, median(hits) <= 150),
    ],
  }
}
