import type { inputs, RunEvent } from '@lathe/shared'
import type { z } from 'zod'
import { AsyncQueue } from '../../async-queue.ts'
import type { DebugSession } from '../../debug/debug-session.ts'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { functionOf, refuseTestFile } from '../functions/scope.ts'
import { runtimesFor } from './load.ts'
import { overlayOf } from './overlay.ts'
import { type RunEnd, rememberRun } from './remember.ts'
import { Run, type RunTarget } from './run.ts'
import { sendableOf } from './sendable.ts'
import { withWithheld } from './withheld.ts'

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
