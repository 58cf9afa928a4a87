import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { formatWithOptions, type InspectOptions, inspect, types } from 'node:util'
import type { RawLine } from '../bridge/protocol.ts'
import { asLog, asTable, consoleValues, type Shown } from './console-arguments.ts'
import { consoleState } from './console-state.ts'
import type { Reporter } from './reporter.ts'
import { withoutOurs } from './strays.ts'

type Level = RawLine['level']

const INDENT = 2
const MOST_INDENT = 40

/**
 * Replaces `console`, `process.stdout.write` and `process.stderr.write` by ones that report lines with the place they
 * were written at, and with what was written for opening. They mean what they do in a browser (Console Standard); text is
 * formatted as Node does. Groups, counts and timers belong to the request that writes.
 */
export function captureConsole(reporter: Reporter): void {
  /** @param below what the app has called: the place is where */
  const say = (
    below: Method,
    level: Level,
    args: unknown[],
    format = () => textOf(args),
    shown: Shown = asLog,
  ) => {
    if (!reporter.admits()) return
    const indent = Math.min(MOST_INDENT, consoleState()?.indent ?? 0)
    const text = format()
    reporter.write(
      level,
      indent > 0 ? text.replace(/^/gm, ' '.repeat(indent)) : text,
      callSite(below),
      (most) => safeValues(args, most, shown),
      indent,
    )
  }
  const writer = (level: Level): Method => {
    const write: Method = (...args) => say(write, level, args)
    return write
  }
  const log = writer('info')
  const group: Method = (...label) => {
    if (label.length > 0) say(group, 'info', label)
    consoleState('begin').indent += INDENT
  }
  const captured = {
    debug: writer('debug'),
    log,
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    dirxml: log,
    dir(value: unknown, options?: InspectOptions) {
      say(
        captured.dir,
        'info',
        [value],
        () => safely(() => inspect(value, { customInspect: false, ...options, colors: false })),
        (look, [one]) => [look.value(one, 0)],
      )
    },
    table(data: unknown, columns?: unknown) {
      const wanted = Array.isArray(columns) ? columns.map(String) : []
      if (typeof data !== 'object' || data === null) say(captured.table, 'info', [data])
      else say(captured.table, 'info', [data], () => safely(() => tableText(data, wanted)), asTable(wanted))
    },
    trace(...args: unknown[]) {
      const stack = () => withoutOurs(frames(captured.trace))
      say(captured.trace, 'info', [], () => `Trace${args.length > 0 ? `: ${textOf(args)}` : ''}\n${stack()}`)
    },
    assert(condition?: unknown, ...args: unknown[]) {
      if (condition) return
      const [first, ...rest] = args
      const said =
        typeof first === 'string' ? [`Assertion failed: ${first}`, ...rest] : ['Assertion failed', ...args]
      say(captured.assert, 'error', said)
    },
    group,
    groupCollapsed: group,
    groupEnd() {
      const state = consoleState()
      if (state) state.indent = Math.max(0, state.indent - INDENT)
    },
    count(label: unknown = 'default') {
      const { counts } = consoleState('begin')
      const count = (counts.get(`${label}`) ?? 0) + 1
      counts.set(`${label}`, count)
      say(captured.count, 'info', [`${label}: ${count}`])
    },
    countReset(label: unknown = 'default') {
      if (consoleState()?.counts.delete(`${label}`)) return
      say(captured.countReset, 'warn', [`Count for '${label}' does not exist`])
    },
    time(label: unknown = 'default') {
      const { timers } = consoleState('begin')
      if (timers.has(`${label}`)) say(captured.time, 'warn', [`Timer '${label}' already exists`])
      else timers.set(`${label}`, performance.now())
    },
    timeLog(label: unknown = 'default', ...args: unknown[]) {
      sayTime(captured.timeLog, `${label}`, args)
    },
    timeEnd(label: unknown = 'default') {
      sayTime(captured.timeEnd, `${label}`, [])
      consoleState()?.timers.delete(`${label}`)
    },
  }
  const sayTime = (below: Method, label: string, args: unknown[]) => {
    const since = consoleState()?.timers.get(label)
    if (since === undefined) return say(below, 'warn', [`Timer '${label}' does not exist`])
    const text = `${label}: ${(performance.now() - since).toFixed(3)} ms`
    say(below, 'info', args.length > 0 ? ['%s', text, ...args] : [text])
  }
  Object.assign(globalThis.console, captured)
  process.stdout.write = capturedWrite(reporter, 'info') as typeof process.stdout.write
  process.stderr.write = capturedWrite(reporter, 'error') as typeof process.stderr.write
}

type Method = (...args: never[]) => void

/** Node's table of box characters. */
function tableText(data: object, columns: string[]): string {
  let text = ''
  const stdout = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  new Console({ stdout, colorMode: false }).table(data, columns.length > 0 ? columns : undefined)
  return text.replace(/\n$/, '')
}

/** Looking into what a package has put together may fail in ways that nobody foresees. */
function safeValues(args: unknown[], most: number, shown: Shown): string | null {
  try {
    return consoleValues(args, most, shown)
  } catch {
    return null
  }
}

function textOf(args: unknown[]): string {
  if (args.length === 1 && typeof args[0] === 'string') return args[0]
  const text = safely(() => formatWithOptions({ colors: false }, ...args))
  return args.some((arg) => types.isNativeError(arg)) ? withoutOurs(text) : text
}

/** `inspect` runs getters and `toString` of the app's objects, which may throw: a log call never does. */
function safely(format: () => string): string {
  try {
    return format()
  } catch (error) {
    return `(cannot be shown: ${error instanceof Error ? error.message : 'its own code throws'})`
  }
}

function callSite(below: Method): string | null {
  const limit = Error.stackTraceLimit
  const holder: { stack?: string } = {}
  try {
    Error.stackTraceLimit = 4
    Error.captureStackTrace(holder, below)
    return typeof holder.stack === 'string' ? holder.stack : null
  } catch {
    return null
  } finally {
    Error.stackTraceLimit = limit
  }
}

function frames(below: Method): string {
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, below)
  return String(holder.stack).split('\n').slice(1).join('\n')
}

/** Lines are reported when they are complete; what is left without a line end goes out with the next turn. */
function capturedWrite(reporter: Reporter, level: Level) {
  let pending = ''
  const flush = () => {
    if (pending) reporter.line(level, pending, null)
    pending = ''
  }
  return function write(chunk: unknown, encoding?: unknown, done?: unknown): boolean {
    const decoder = typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'
    pending += typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString(decoder)
    const lines = pending.split('\n')
    pending = lines.pop()!
    for (const line of lines) if (reporter.admits()) reporter.write(level, line, callSite(write))
    if (pending) setImmediate(flush)
    const callback = typeof encoding === 'function' ? encoding : done
    if (typeof callback === 'function') process.nextTick(callback as () => void)
    return true
  }
}
