import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type {
  FunctionUnit,
  Invocation,
  inputs,
  RunEvent,
  RunResponse,
  RunTiming,
  Upstream,
} from '@lathe/shared'
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
import { type RunEnd, rememberRun } from './remember.ts'
import { type ResponseReader, type Sendable, sendRequest } from './send-request.ts'
import { sendableOf } from './sendable.ts'
import { withWithheld } from './withheld.ts'

/** How long the runtime's record of the request is waited for; log lines come before it. */
const RECORD_MS = 2_000
/** How long lines of what the function left running are still shown. */
const LINGER_MS = 250
/** Events that may wait for the reader before more of an answer is read. */
const WAITING = 16

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
  const over = new AbortController()
  const session =
    input.debugSession === undefined
      ? null
      : context.debug.of(input.debugSession, app._id, request.caller.userId)
  const either = AbortSignal.any([signal, over.signal, session?.ended].filter((one) => one !== undefined))
  const events = new AsyncQueue<RunEvent>()
  const { userId } = request.caller
  const asked = await withWithheld(context, app._id, userId, input.request)
  const what = input.source === undefined ? ('live' as const) : ('draft' as const)
  const tell = (event: RunEvent) => {
    events.push(event)
    if (event.type === 'response' || event.type === 'error') end ??= event
  }
  let end: RunEnd | undefined
  const run = async () => {
    const outgoing = await sendableOf(context, app, asked)
    const begun = performance.now()
    const overlay = input.source === undefined ? [] : await overlayOf(context.mongo, doc, input.source)
    const compileMs = performance.now() - begun
    const run = new Run(context, doc.name, input.appid, input.stream ? events : null, tell, either)
    if (session) {
      await session.run(() => run.perform(debugTarget(session), overlay, outgoing, { wakeMs: 0, compileMs }))
      return
    }
    const asleep = performance.now()
    const channels = await runtimesFor(context, app)
    const wakeMs = performance.now() - asleep
    await run.perform({ channels }, overlay, outgoing, { wakeMs, compileMs })
  }
  const running = run()
    .catch((error: unknown) => {
      const event = session?.ended.aborted ? sessionEnded : errorEvent(error, either)
      if (!event) throw error
      tell(event)
    })
    .finally(async () => {
      const past = { appid: app._id, userId, functionName: doc.name, what }
      if (end) await rememberRun(context, past, asked, end)
      events.end()
    })
  running.catch(() => {}) // thrown below
  try {
    yield* events
    await running
  } finally {
    over.abort()
    events.end()
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
  /** Set where the answer is wanted while it comes. */
  #stream: AsyncQueue<RunEvent> | null
  #tell: (event: RunEvent) => void
  #signal: AbortSignal
  #runId = randomUUID()

  constructor(
    context: Context,
    name: string,
    appid: string,
    stream: AsyncQueue<RunEvent> | null,
    tell: (event: RunEvent) => void,
    signal: AbortSignal,
  ) {
    this.#context = context
    this.#name = name
    this.#appid = appid
    this.#stream = stream
    this.#tell = tell
    this.#signal = signal
  }

  #reader(): ResponseReader | undefined {
    const stream = this.#stream
    if (!stream) return undefined
    return {
      head: (head) => this.#tell({ type: 'head', head }),
      chunk: async (bytes) => {
        this.#tell({ type: 'chunk', data: bytes.toString('base64') })
        await stream.below(WAITING)
      },
    }
  }

  async perform(
    { channels, loadMs, upstream }: RunTarget,
    overlay: FunctionUnit[],
    request: Sendable,
    { wakeMs, compileMs }: { wakeMs: number; compileMs: number },
  ): Promise<void> {
    const recorded = Promise.withResolvers<Invocation>()
    const unsubscribe = this.#context.logs.subscribe(this.#appid, {
      line: (_id, line) => {
        if (line.runId === this.#runId) this.#tell({ type: 'log', line })
      },
      handled: (invocation) => {
        if (invocation.runId === this.#runId) recorded.resolve(invocation)
      },
    })
    const runToken = randomToken()
    try {
      const loading = performance.now()
      await loadRun(channels, { runId: this.#runId, runToken, name: this.#name, overlay }, loadMs)
      this.#signal.throwIfAborted()
      const target = { appid: this.#appid, name: this.#name, runToken, upstream }
      const loadedMs = compileMs + performance.now() - loading
      const response = await sendRequest(this.#context, target, request, this.#signal, this.#reader())
      this.#tell({ type: 'response', response })
      const options = { signal: this.#signal }
      const invocation = await Promise.race([recorded.promise, delay(RECORD_MS, undefined, options)])
      if (invocation && this.#stream) {
        this.#tell({ type: 'timing', timing: { wakeMs, loadMs: loadedMs, ...split(response, invocation) } })
      }
      await delay(LINGER_MS, undefined, options)
    } finally {
      unsubscribe()
      for (const channel of channels) channel.endRun(this.#runId)
    }
  }
}

/**
 * Where the time between sending the request and the end of its answer went. The runtime's figure covers the whole
 * handling: of a function that answers at once it ends before the first byte gets here, and the difference is the way.
 */
function split(
  { firstByteMs, durationMs }: RunResponse,
  handled: Invocation,
): Pick<RunTiming, 'gatewayMs' | 'functionMs' | 'transferMs'> {
  const isStreamed = handled.durationMs > firstByteMs
  return {
    gatewayMs: isStreamed ? null : firstByteMs - handled.durationMs,
    functionMs: isStreamed ? firstByteMs : handled.durationMs,
    transferMs: durationMs - firstByteMs,
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
