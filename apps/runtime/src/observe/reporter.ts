import type { MessagePort } from 'node:worker_threads'
import { consoleLimits, limits } from '@lathe/shared/limits'
import type { RawInvocation, RawLine, ToKeeper } from '../bridge/protocol.ts'
import type { Exchange } from '../http/exchange.ts'
import { invocationStorage } from './invocation-store.ts'
import { RecordRate } from './record-rate.ts'
import { recordedRequest } from './recorded-request.ts'
import { RequestCounter } from './request-counts.ts'
import { ValueAllowance } from './value-allowance.ts'

/** How long lines and invocations may gather before they go to the keeper together. */
const BATCH_MS = 50
const COUNTS_MS = 1_000
/** Lines handed over at once even while the app's code never yields. */
const BATCH_LINES = 500
/** Of what a run writes in one turn, so many lines are handed over one by one: it may block the thread next. */
const LINES_AT_ONCE = 100
/** Lines per second that an app may write for long, and how many it may write at once. */
const LINES_PER_SECOND = 2_000
const LINES_BURST = 10_000

/** Gathers what the app's code wrote and what it answered, for the keeper to ship. */
export class Reporter {
  readonly #port: MessagePort
  readonly #atOnce: boolean
  readonly #counter = new RequestCounter()
  readonly #rate = new RecordRate()
  #counted = 0
  #countsTimer: NodeJS.Timeout | null = null
  #lines: RawLine[] = []
  #invocations: RawInvocation[] = []
  #dropped = 0
  #timer: NodeJS.Timeout | null = null
  /** Lines of runs in this turn of the event loop. */
  #ofThisTurn = 0
  #tokens = LINES_BURST
  #refilled = Date.now()
  /** Somebody looks on at a run, which is why it may carry more; what visitors cause is stored. */
  readonly #ofRuns = new ValueAllowance(500_000, 4_000_000, consoleLimits.bytes)
  readonly #ofVisitors = new ValueAllowance(16_000, 256_000, consoleLimits.storedBytes)
  /** In a runtime for tests: which one runs. */
  currentTest: () => string | undefined = () => undefined

  /** @param atOnce lines do not gather: the thread may stop at a breakpoint, and somebody waits for them */
  constructor(port: MessagePort, atOnce: boolean) {
    this.#port = port
    this.#atOnce = atOnce
  }

  /** Reports a line, unless there are too many. Parameters as those of `write`. */
  line(level: RawLine['level'], text: string, callSite: string | null): void {
    if (this.admits()) this.write(level, text, callSite)
  }

  /**
   * Whether there is room for one more line. If so, `write` has to follow; if not, it is counted as dropped, and who asked
   * is spared what it takes to make it.
   */
  admits(): boolean {
    if (this.#allowed(Date.now())) return true
    this.#dropped++
    this.#schedule()
    return false
  }

  /**
   * @param callSite stack text in which the first place in a function is where the line was written
   * @param values JSON of what was written, for opening, if that is no longer than it is told
   * @param indent spaces that the text's lines begin with by `console.group`
   */
  write(
    level: RawLine['level'],
    text: string,
    callSite: string | null,
    values: ((most: number) => string | null) | null = null,
    indent = 0,
  ): void {
    const at = Date.now()
    const store = invocationStorage.getStore()
    const cut = text.length - limits.logLineChars
    this.#lines.push({
      at,
      level,
      text: cut > 0 ? `${text.slice(0, limits.logLineChars)}… (${cut} more characters)` : text,
      functionName: store?.functionName ?? null,
      revision: store?.revision ?? null,
      requestId: store?.requestId ?? null,
      runId: store?.runId ?? null,
      callSite,
      ...(indent > 0 ? { indent } : {}),
      ...(values ? (store?.runId ? this.#ofRuns : this.#ofVisitors).look(values, at) : {}),
      test: this.currentTest(),
    })
    if (this.#lines.length >= BATCH_LINES || this.#atOnce) this.flush()
    // Somebody is watching a run: its lines do not wait.
    else if (store?.runId) {
      if (this.#ofThisTurn++ === 0) {
        setImmediate(() => {
          this.#ofThisTurn = 0
          this.flush()
        })
      }
      if (this.#ofThisTurn <= LINES_AT_ONCE) this.#flushLines()
    } else this.#schedule()
  }

  /** Counts a request that is over, and records it as far as the rate of records allows. */
  finished(exchange: Exchange, status: number): void {
    const { req, entry, run, requestId, startedAt, durationMs } = exchange
    const { recorded, carried } = this.#rate.allows(startedAt, run !== null || status >= 400)
    // A run is somebody trying something out, and no part of what the app's visitors do.
    if (run === null) this.#counter.add(startedAt, entry.unit.name, status, durationMs, recorded)
    if (recorded) {
      const path = req.originalUrl
      const query = path.indexOf('?')
      this.#invocations.push([
        startedAt,
        requestId,
        run?.runId ?? null,
        entry.unit.name,
        entry.unit.revision,
        req.method!,
        query < 0 ? path : path.slice(0, query),
        status,
        durationMs,
        run?.trigger ?? 'http',
        carried ? recordedRequest(req, exchange.state?.raw ?? null) : null,
      ])
    }
    this.#schedule()
  }

  flush(): void {
    this.#flushLines()
    if (this.#invocations.length > 0) {
      this.send({ type: 'invocations', items: this.#invocations, dropped: 0 })
      this.#invocations = []
    }
    this.#flushCounts()
  }

  #flushLines(): void {
    if (this.#lines.length === 0 && this.#dropped === 0) return
    this.send({ type: 'lines', lines: this.#lines, dropped: this.#dropped })
    this.#lines = []
    this.#dropped = 0
  }

  /** Counts travel once a second; in between they add up here. */
  #flushCounts(final = false): void {
    const now = Date.now()
    const wait = this.#counted + COUNTS_MS - now
    if (wait > 0 && !final) {
      this.#countsTimer ??= setTimeout(() => {
        this.#countsTimer = null
        this.#flushCounts()
      }, wait).unref()
      return
    }
    const counts = this.#counter.take()
    if (counts.length === 0) return
    this.#counted = now
    this.send({ type: 'metrics', counts })
  }

  /** Hands over everything that there is, before the process ends. */
  finish(): void {
    this.flush()
    this.#flushCounts(true)
    this.send({ type: 'flush' })
  }

  send(message: ToKeeper): void {
    this.#port.postMessage(message)
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.flush()
    }, BATCH_MS).unref()
  }

  #allowed(now: number): boolean {
    if (this.#tokens < 1) {
      this.#tokens = Math.min(LINES_BURST, this.#tokens + ((now - this.#refilled) / 1000) * LINES_PER_SECOND)
      this.#refilled = now
      if (this.#tokens < 1) return false
    }
    this.#tokens--
    return true
  }
}
