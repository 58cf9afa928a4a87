import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { formatWithOptions, types } from 'node:util'
import type { RawLine } from '../bridge/protocol.ts'
import { consoleValues } from './console-value.ts'
import type { Reporter } from './reporter.ts'
import { withoutOurs } from './strays.ts'

type Level = RawLine['level']

const LEVELS: Record<string, Level> = {
  debug: 'debug',
  log: 'info',
  info: 'info',
  warn: 'warn',
  error: 'error',
}

/**
 * Replaces `console`, `process.stdout.write` and `process.stderr.write` by ones that report lines with the place they
 * were written at. Text is formatted as Node's console does. What has no level of its own (`table`, `dir`, `group`,
 * `time`, `count`, `assert`) goes through Node's own console onto the same path.
 */
export function captureConsole(reporter: Reporter): void {
  const stream = (level: Level) =>
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        if (reporter.admits()) reporter.write(level, String(chunk).replace(/\n$/, ''), callSite(callSite, 20))
        done()
      },
    })
  const inner = new Console({ stdout: stream('info'), stderr: stream('error'), colorMode: false })
  let indent = ''
  const captured: Record<string, (...args: unknown[]) => void> = {}
  for (const [name, level] of Object.entries(LEVELS)) {
    const write = (...args: unknown[]) => {
      if (!reporter.admits()) return
      const text = args.length === 1 && typeof args[0] === 'string' ? args[0] : safeFormat(args)
      const shown = indent ? text.replace(/^/gm, indent) : text
      reporter.write(level, shown, callSite(write), indent ? null : () => safeValues(args))
    }
    captured[name] = write
  }
  captured.trace = (...args) => {
    const text = safeFormat(args)
    reporter.line(
      'error',
      `Trace${text ? `: ${text}` : ''}\n${frames(captured.trace!)}`,
      callSite(captured.trace!),
    )
  }
  captured.group = (...args) => {
    if (args.length > 0) captured.log!(...args)
    indent += '  '
  }
  captured.groupCollapsed = captured.group
  captured.groupEnd = () => {
    indent = indent.slice(2)
  }
  Object.assign(globalThis.console, pick(inner), captured)
  process.stdout.write = capturedWrite(reporter, 'info') as typeof process.stdout.write
  process.stderr.write = capturedWrite(reporter, 'error') as typeof process.stderr.write
}

function pick(inner: Console): Partial<Console> {
  const names = [
    'table',
    'dir',
    'dirxml',
    'time',
    'timeEnd',
    'timeLog',
    'count',
    'countReset',
    'assert',
  ] as const
  return Object.fromEntries(names.map((name) => [name, (inner[name] as () => void).bind(inner)]))
}

/** Looking into what a package has put together may fail in ways that nobody foresees. */
function safeValues(args: unknown[]): string | null {
  try {
    return consoleValues(args)
  } catch {
    return null
  }
}

/** `inspect` runs getters and `toString` of the app's objects, which may throw: a log call never does. */
function safeFormat(args: unknown[]): string {
  try {
    const text = formatWithOptions({ colors: false }, ...args)
    return args.some((arg) => types.isNativeError(arg)) ? withoutOurs(text) : text
  } catch (error) {
    return `(cannot be shown: ${error instanceof Error ? error.message : 'its own code throws'})`
  }
}

function callSite(below: (...args: never[]) => unknown, depth = 4): string | null {
  const limit = Error.stackTraceLimit
  const holder: { stack?: string } = {}
  try {
    Error.stackTraceLimit = depth
    Error.captureStackTrace(holder, below)
    return typeof holder.stack === 'string' ? holder.stack : null
  } catch {
    return null
  } finally {
    Error.stackTraceLimit = limit
  }
}

function frames(below: (...args: never[]) => unknown): string {
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
