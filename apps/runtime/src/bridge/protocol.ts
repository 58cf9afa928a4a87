import type {
  CoverageReport,
  FunctionUnit,
  RecordedRequest,
  RequestCounts,
  RuntimeEnv,
  TestReport,
  Upstream,
} from '@lathe/shared'

/**
 * What the main thread (HTTP and the app's code) and the keeper thread (control channel, logs, snapshot) say to each
 * other over one MessagePort. Both ends are this bundle, so the types are the contract; what comes from outside is
 * validated in the keeper before it gets here.
 */

/** A function without its source map: maps stay in the keeper, which alone needs them. */
export type CodeUnit = Omit<FunctionUnit, 'map'>

/** keeper -> main */
export type ToMain =
  | { type: 'sync'; functions: CodeUnit[]; env: Record<string, string> }
  | { type: 'prepare'; publishId: string; set: CodeUnit[]; removed: string[] }
  | { type: 'commit'; publishId: string }
  | { type: 'abort'; publishId: string }
  | { type: 'env'; env: Record<string, string>; envId?: string | undefined }
  | { type: 'run'; runId: string; runToken: string; overlay: CodeUnit[]; trigger: 'http' | 'cron' }
  | { type: 'run-end'; runId: string }
  | { type: 'test'; runId: string; runToken: string; files: CodeUnit[]; names: string[] | null }
  | { type: 'drain'; graceMs: number }
  /** The watchdog has terminated what this request was doing. `place` is in TypeScript, e.g. `users/list.ts:14`. */
  | { type: 'stopped'; exchangeId: number | null; place: string | null }
  | { type: 'watching' }
  /** Everything reported so far has been handed over; the process may end. */
  | { type: 'flushed' }

/** A line of output before the keeper maps its places to TypeScript. */
export interface RawLine {
  /** Milliseconds since the epoch. */
  at: number
  level: 'debug' | 'info' | 'warn' | 'error'
  text: string
  functionName: string | null
  revision: number | null
  requestId: string | null
  runId: string | null
  /** Stack text whose first place in a function is where the line was written. */
  callSite: string | null
  /** Spaces that the text's lines begin with by `console.group`. */
  indent?: number | undefined
  /** JSON of what was written, for opening. */
  preview?: string | undefined
  /** Of a run of tests: the full name of the test that ran. */
  test?: string | undefined
}

/** A handled request, in the order of `invocationSchema`'s fields; a tuple because it is copied for every request. */
export type RawInvocation = [
  at: number,
  requestId: string,
  runId: string | null,
  functionName: string,
  revision: number,
  method: string,
  path: string,
  status: number,
  durationMs: number,
  trigger: 'http' | 'cron',
  request: RecordedRequest | null,
]

/** Why a function could not be loaded, before the keeper maps its places to TypeScript. */
export interface RawLoadError {
  name: string
  message: string
  stack?: string
  /** Where in the compiled code (1-based), when the stack does not say it. */
  place?: { module: string; line: number; column: number; length: number }
}

/** A test's report before the keeper maps its places: they stand as V8 writes them, `lathe-fn:<name>@<hash>:1:2`. */
export interface RawTestReport extends Omit<TestReport, 'place' | 'failure'> {
  place: string | null
  failure: { message: string; stack: string; expected: string | null; actual: string | null } | null
}

/** main -> keeper */
export type ToKeeper =
  | { type: 'listening'; upstream: Upstream }
  | { type: 'synced'; revisions: Record<string, number>; errors: RawLoadError[] }
  | { type: 'prepared'; publishId: string; errors: RawLoadError[] }
  | { type: 'live'; publishId: string }
  | { type: 'env-applied'; envId: string }
  | { type: 'run-ready'; runId: string; errors: RawLoadError[] }
  | { type: 'test-reports'; runId: string; reports: RawTestReport[] }
  | { type: 'test-done'; runId: string; errors: RawLoadError[]; coverage: CoverageReport[] }
  | { type: 'lines'; lines: RawLine[]; dropped: number }
  | { type: 'invocations'; items: RawInvocation[]; dropped: number }
  | { type: 'metrics'; counts: RequestCounts[] }
  /** Everything is set up; the keeper may look at the main thread's globals now. */
  | { type: 'watch' }
  /** Hand over everything, then answer `flushed`. */
  | { type: 'flush' }

/** What the main thread is working on, as it says itself when the watchdog asks. */
export interface Current {
  /** Functions whose requests are in flight, each once. */
  running: string[]
  exchangeId: number | null
  functionName: string | null
  revision: number | null
  requestId: string | null
  runId: string | null
  timeoutMs: number | null
  /** When the request began, in milliseconds since the epoch; null outside of one. */
  startedAt: number | null
}

/** Under this name main leaves the function that answers `Current`, until the keeper has hold of it. */
export const CURRENT_GLOBAL = '__latheCurrent'

/** What the keeper is started with. */
export interface KeeperData {
  /** Null in a process that was started ahead: they come over its standard input. */
  env: RuntimeEnv | null
  port: import('node:worker_threads').MessagePort
  /** Written by the main thread, read by the keeper while the main thread may be stuck: see `shared-state.ts`. */
  shared: SharedArrayBuffer
}

/**
 * Modules of functions are known to V8 by `lathe-fn:<name>@<first 12 hex digits of the code's SHA-256>`: unique enough
 * to find the source map of exactly this code, whatever has been published since.
 */
export function moduleId(name: string, sha256: string): string {
  return `lathe-fn:${name}@${sha256.slice(0, 12)}`
}

/** Whether a script's URL is a function's module. Group: name. */
export const MODULE_ID = /^lathe-fn:([\w/.-]+)@[0-9a-f]{12}$/

/** Finds places in function code in a stack or any text. Groups: name, hash, line, column. */
export const MODULE_PLACE = /lathe-fn:([\w/.-]+)@([0-9a-f]{12}):(\d+):(\d+)/g
