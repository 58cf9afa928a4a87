import { performance } from 'node:perf_hooks'
import type { FunctionContext } from '@lathe/cloud'
import type { Run } from '../live-set.ts'
import type { Entry, Graph } from '../loader/graph.ts'
import { type InvocationStore, invocationStorage } from '../observe/invocation-store.ts'
import type { Context, ContextState } from './context.ts'
import { HttpError, sendError } from './error-body.ts'
import type { LatheRequest, LatheResponse } from './messages.ts'
import { DisconnectedError, discard, send } from './send.ts'

export interface ExchangeHost {
  /** Reports a finished request. */
  finished(exchange: Exchange, status: number): void
  /** This request's handler is being called; null when it has come back. */
  calling(exchange: Exchange | null): void
  /** How long a debugger has held this thread so far. */
  pausedMs(): number
  /** Reports what a function threw. */
  failed(thrown: unknown, when: string): void
}

let lastId = 0

/** A timer that is later than this was probably held up by code that blocks. */
const LATE_MS = 10
/** So long the watchdog takes at most to say what blocked. */
const WATCHDOG_MS = 60

/** Status in the list of invocations of a request whose visitor went away, as nginx writes it. */
const STATUS_DISCONNECTED = 499

/** Functions that have not answered at once. Most settle before the turn is over, and need neither timer nor listener. */
let unsettled: Exchange[] = []

function watchUnsettled(): void {
  const exchanges = unsettled
  unsettled = []
  for (const exchange of exchanges) exchange.watchOver()
}

/**
 * One request on its way through a function: its time limit, its abort signal, and its one answer. It is also what the
 * function's output is attributed to.
 */
export class Exchange implements InvocationStore {
  readonly req: LatheRequest
  readonly res: LatheResponse
  readonly entry: Entry
  readonly graph: Graph
  readonly run: Run | null
  readonly requestId: string
  readonly id = ++lastId
  readonly startedAt = Date.now()
  readonly #started = performance.now()
  readonly #host: ExchangeHost
  state: ContextState | null = null
  ctx: Context | null = null
  /** Deletes what was uploaded. */
  dispose: (() => void) | null = null
  #timer: NodeJS.Timeout | null = null
  #settled = false
  #watching = false
  #late = false
  #onRunEnded: (() => void) | null = null
  /** No answer will be sent any more: it was, or it is too late. */
  #over = false

  constructor(
    req: LatheRequest,
    res: LatheResponse,
    entry: Entry,
    graph: Graph,
    run: Run | null,
    requestId: string,
    host: ExchangeHost,
  ) {
    this.req = req
    this.res = res
    this.entry = entry
    this.graph = graph
    this.run = run
    this.requestId = requestId
    this.#host = host
  }

  get functionName(): string {
    return this.entry.unit.name
  }

  get revision(): number {
    return this.entry.unit.revision
  }

  get runId(): string | null {
    return this.run === null ? null : this.run.runId
  }

  get exchangeId(): number {
    return this.id
  }

  get timeoutMs(): number {
    return this.entry.unit.timeoutMs
  }

  get durationMs(): number {
    return performance.now() - this.#started
  }

  /**
   * Calls the function and answers with what comes of it.
   * @param call what to run with the context
   */
  answer(call: (ctx: FunctionContext) => unknown, ctx: Context): void {
    this.ctx = ctx
    try {
      this.#host.calling(this)
      const value = invocationStorage.run(this, call, ctx)
      this.#host.calling(null)
      if (isThenable(value)) {
        if (unsettled.push(this) === 1) setImmediate(watchUnsettled)
        void this.#settle(value)
      } else this.#respond(value)
    } catch (thrown) {
      this.#host.calling(null)
      this.#fail(thrown)
    }
  }

  async #settle(promise: PromiseLike<unknown>): Promise<void> {
    try {
      const value = await promise
      this.#settled = true
      if (this.#over) discard(value)
      else this.#respond(value)
    } catch (thrown) {
      this.#settled = true
      this.#fail(thrown)
    }
  }

  /** The function takes its time: from now on it is limited, and told when its visitor goes away. */
  watchOver(): void {
    if (this.#settled || this.#over) return
    this.#limit(this.timeoutMs)
    this.watch()
  }

  /** Aborts the signal when the visitor goes away before the answer is complete. */
  watch(): void {
    if (this.#watching) return
    this.#watching = true
    this.res.once('close', () => {
      if (this.res.writableFinished) return
      this.#abort(new DisconnectedError())
      if (!this.#over) this.#finish(STATUS_DISCONNECTED)
    })
    if (!this.run) return
    this.#onRunEnded = () => this.#endRun()
    this.run.ended.signal.addEventListener('abort', this.#onRunEnded)
  }

  /** Answers with an error body. */
  refuse(error: HttpError): void {
    sendError(this.res, error, this.requestId)
    this.#finish(error.status)
  }

  #respond(value: unknown): void {
    this.#stopTimer()
    const { res } = this
    const isHead = this.req.method === 'HEAD'
    // Streams are the function's own code, and what they log is its output.
    const sent = mayStream(value)
      ? invocationStorage.run(this, send, res, value, isHead)
      : send(res, value, isHead)
    if (sent) {
      this.watch()
      sent.then(
        () => this.#finish(res.statusCode),
        (thrown) => this.#fail(thrown),
      )
    } else if (res.writableEnded) this.#finish(res.statusCode)
    else {
      // Answering goes on behind the function's back, e.g. something is piped into the response.
      this.watch()
      res.once('finish', () => this.#finish(res.statusCode))
    }
  }

  #fail(thrown: unknown): void {
    if (this.#over) {
      // Late, and usually nothing but the abort that it was told about.
      if (!(thrown instanceof DisconnectedError) && !isAbort(thrown)) {
        this.#report(thrown, 'after the answer')
      }
      return
    }
    if (thrown instanceof DisconnectedError) {
      this.#finish(STATUS_DISCONNECTED)
      return
    }
    if (thrown instanceof HttpError) {
      this.refuse(thrown)
      return
    }
    if (thrown instanceof Response && !thrown.bodyUsed && !this.res.headersSent) {
      this.#respond(thrown)
      return
    }
    this.#report(thrown, '')
    if (this.res.writableEnded) {
      this.#finish(this.res.statusCode)
      return
    }
    if (this.res.headersSent) {
      // Part of an answer is on its way: only breaking it off tells the visitor that it is not whole.
      this.res.destroy()
      this.#finish(500)
      return
    }
    this.refuse(
      new HttpError(
        500,
        'FUNCTION_ERROR',
        'The function failed; the app’s log says why under this request id',
      ),
    )
  }

  #report(thrown: unknown, when: string): void {
    invocationStorage.run(this, () => this.#host.failed(thrown, when))
  }

  #limit(timeoutMs: number): void {
    let due = Date.now() + timeoutMs
    let paused = this.#host.pausedMs()
    const expire = () => {
      this.#timer = null
      // Whoever stands at a breakpoint uses up nobody's time.
      const held = this.#host.pausedMs() - paused
      if (held > 0) {
        paused += held
        due += held
        this.#timer = setTimeout(expire, held)
        return
      }
      // An answer that has begun may take as long as its reader likes.
      if (this.#over || this.res.headersSent) return
      // So late that something blocked the process: the watchdog is about to say what it was, and where.
      if (Date.now() - due > LATE_MS && !this.#late) {
        this.#late = true
        this.#timer = setTimeout(expire, WATCHDOG_MS)
        return
      }
      const message = `${this.entry.unit.name} did not answer within ${timeoutMs} ms`
      this.#abort(new DOMException(message, 'TimeoutError'))
      this.refuse(new HttpError(504, 'FUNCTION_TIMEOUT', message))
    }
    this.#timer = setTimeout(expire, timeoutMs)
  }

  #endRun(): void {
    this.#abort(new Error('The run was ended'))
    if (this.#over) return
    if (this.res.headersSent) {
      this.res.destroy()
      this.#finish(STATUS_DISCONNECTED)
    } else this.refuse(new HttpError(403, 'RUN_EXPIRED', 'The run was ended'))
  }

  /** The watchdog has stopped this request's code. */
  stopped(place: string | null): void {
    if (this.#over) return
    const message = `${this.entry.unit.name} timed out${place ? ` in ${place}` : ''}: it blocked all other requests`
    this.#abort(new DOMException(message, 'TimeoutError'))
    if (this.res.headersSent) {
      this.res.destroy()
      this.#finish(504)
    } else this.refuse(new HttpError(504, 'FUNCTION_TIMEOUT', message))
  }

  #abort(reason: Error): void {
    const { state } = this
    if (!state || state.aborted) return
    state.aborted = reason
    state.controller?.abort(reason)
  }

  #stopTimer(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #finish(status: number): void {
    if (this.#over) return
    this.#over = true
    this.#stopTimer()
    if (this.#onRunEnded) this.run!.ended.signal.removeEventListener('abort', this.#onRunEnded)
    this.dispose?.()
    this.#host.finished(this, status)
  }
}

/** Whether sending runs code of the function beyond `toJSON`. */
function mayStream(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype !== Object.prototype && !Array.isArray(value)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'TimeoutError')
}
