import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { FunctionUnit, inputs, RunEvent, Upstream } from '@lathe/shared'
import type { z } from 'zod'
import { AsyncQueue } from '../../async-queue.ts'
import type { Context } from '../../context.ts'
import type { RuntimeChannel } from '../../control/runtime-channel.ts'
import type { DebugSession } from '../../debug/debug-session.ts'
import { randomToken } from '../../hash.ts'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { functionOf, refuseTestFile } from '../functions/scope.ts'
import { loadRun, runtimesFor } from './load.ts'
import { overlayOf } from './overlay.ts'
import { checkedHeaders, type RunRequestInput, sendRequest } from './send-request.ts'

/** How long the runtime's record of the request is waited for; log lines come before it. */
const RECORD_MS = 2_000
/** How long lines of what the function left running are still shown. */
const LINGER_MS = 250

type Input = z.infer<typeof inputs.runsExecute>
type ErrorEvent = Extract<RunEvent, { type: 'error' }>

/**
 * Runs a draft (with the other drafts behind its imports) or what is live, in the app's runtime, by a real request
 * through the gateway. Ends with the caller, and then frees whatever the run holds.
 */
export async function* executeRun(
  request: SignedRequest,
  input: Input,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunEvent, void> {
  const { context } = request
  const app = livingAppOf(request, input.appid)
  refuseTestFile(input.name)
  const doc = await functionOf(context.mongo, input.appid, input.name)
  const headers = checkedHeaders(input.request)
  const over = new AbortController()
  const session =
    input.debugSession === undefined
      ? null
      : context.debug.of(input.debugSession, app._id, request.caller.userId)
  const either = AbortSignal.any([signal, over.signal, session?.ended].filter((one) => one !== undefined))
  const events = new AsyncQueue<RunEvent>()
  const run = async () => {
    const overlay = input.source === undefined ? [] : await overlayOf(context.mongo, doc, input.source)
    const run = new Run(context, doc.name, input.appid, events, either)
    const perform = (target: RunTarget) => run.perform(target, overlay, input.request, headers)
    if (session) await session.run(() => perform(debugTarget(session)))
    else await perform({ channels: await runtimesFor(context, app) })
  }
  const running = run()
    .catch((error: unknown) => {
      const event = session?.ended.aborted ? sessionEnded : errorEvent(error, either)
      if (!event) throw error
      events.push(event)
    })
    .finally(() => events.end())
  running.catch(() => {}) // thrown below
  try {
    yield* events
    await running
  } finally {
    over.abort()
  }
}

/** Where a run goes: to what serves the app, through the gateway, or to a runtime of its own. */
interface RunTarget {
  channels: RuntimeChannel[]
  /** How long loading may take. */
  loadMs?: number
  upstream?: Upstream
}

/** A breakpoint may stand in code that runs when the draft is loaded: only the session's limits count. */
const UNHURRIED_MS = 24 * 3_600_000

function debugTarget({ side }: DebugSession): RunTarget {
  return { channels: [side.channel()], loadMs: UNHURRIED_MS, upstream: side.upstream }
}

const sessionEnded: ErrorEvent = {
  type: 'error',
  reason: 'RUNTIME_UNAVAILABLE',
  message: 'The debug session ended, and this run with it.',
}

class Run {
  #context: Context
  #name: string
  #appid: string
  #events: AsyncQueue<RunEvent>
  #signal: AbortSignal
  #runId = randomUUID()

  constructor(
    context: Context,
    name: string,
    appid: string,
    events: AsyncQueue<RunEvent>,
    signal: AbortSignal,
  ) {
    this.#context = context
    this.#name = name
    this.#appid = appid
    this.#events = events
    this.#signal = signal
  }

  async perform(
    { channels, loadMs, upstream }: RunTarget,
    overlay: FunctionUnit[],
    request: RunRequestInput,
    headers: Record<string, string>,
  ): Promise<void> {
    const recorded = Promise.withResolvers<void>()
    const unsubscribe = this.#context.logs.subscribe(this.#appid, {
      line: (_id, line) => {
        if (line.runId === this.#runId) this.#events.push({ type: 'log', line })
      },
      handled: ({ runId }) => {
        if (runId === this.#runId) recorded.resolve()
      },
    })
    const runToken = randomToken()
    try {
      await loadRun(channels, { runId: this.#runId, runToken, name: this.#name, overlay }, loadMs)
      this.#signal.throwIfAborted()
      const target = { appid: this.#appid, name: this.#name, runToken, upstream }
      const response = await sendRequest(this.#context, target, request, headers, this.#signal)
      this.#events.push({ type: 'response', response })
      const options = { signal: this.#signal }
      await Promise.race([recorded.promise, delay(RECORD_MS, undefined, options)])
      await delay(LINGER_MS, undefined, options)
    } finally {
      unsubscribe()
      for (const channel of channels) channel.endRun(this.#runId)
    }
  }
}

/** What a run ends with instead of a response; null for a fault of ours, which is shown as any other. */
function errorEvent(error: unknown, signal: AbortSignal): ErrorEvent | null {
  if (signal.aborted) return { type: 'error', reason: 'CANCELLED', message: 'The run was cancelled.' }
  if (!(error instanceof Refusal)) return null
  const { message } = error
  if (is(error, 'COMPILE_ERROR'))
    return { type: 'error', reason: 'COMPILE_ERROR', message, markers: error.details.markers }
  if (is(error, 'LOAD_ERROR'))
    return { type: 'error', reason: 'LOAD_ERROR', message, errors: error.details.errors }
  switch (error.reason) {
    case 'APP_NOT_RUNNING':
    case 'RUNTIME_UNAVAILABLE':
    case 'LIMIT_REACHED':
    case 'TOO_LARGE':
      return { type: 'error', reason: error.reason, message }
    default:
      return null
  }
}

function is<R extends Refusal['reason']>(error: Refusal, reason: R): error is Refusal<R> {
  return error.reason === reason
}
