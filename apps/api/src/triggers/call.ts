import { randomUUID } from 'node:crypto'
import type { FiringReason, Method, RunResponse } from '@lathe/shared'
import type { Context } from '../context.ts'
import type { RuntimeChannel } from '../control/runtime-channel.ts'
import { randomToken } from '../hash.ts'
import type { FunctionDoc, TriggerDoc } from '../mongo/documents.ts'
import { Refusal } from '../refusal.ts'
import { whenRuntimeReady } from '../services/functions/when-runtime-ready.ts'
import { sendRequest } from '../services/runs/send-request.ts'
import type { FiringResult } from './firings.ts'

const LOAD_MS = 10_000

/** Beyond the function's own time limit, which the runtime keeps: then nobody answers any more. */
const SILENCE_MS = 60_000

type Target = Pick<FunctionDoc, 'name' | 'methods' | 'timeoutMs' | 'liveRevision' | 'deletedAt'>

/** Why the trigger cannot be called now. */
export async function obstacleOf(
  { mongo }: Pick<Context, 'mongo'>,
  trigger: Pick<TriggerDoc, 'appid' | 'functionId'>,
): Promise<FiringReason | null> {
  const app = await mongo.apps.findOne({ _id: trigger.appid }, { projection: { state: 1, phase: 1 } })
  if (!app || app.phase === 'deleting') return 'APP_STOPPED'
  const target = await targetOf({ mongo }, trigger)
  if (!target || target.deletedAt) return 'FUNCTION_DELETED'
  if (target.liveRevision === 0) return 'NOT_PUBLISHED'
  if (app.state === 'stopped') return 'APP_STOPPED'
  return app.phase === 'failed' ? 'APP_FAILED' : null
}

/**
 * Calls the trigger's function by a real request through the gateway. What makes it a cron invocation is a token that
 * the runtime was told over the control channel, so nobody outside can make one.
 */
export async function callTrigger(
  context: Context,
  trigger: TriggerDoc,
  signal: AbortSignal,
): Promise<FiringResult> {
  const app = await context.mongo.apps.findOne({ _id: trigger.appid })
  const target = await targetOf(context, trigger)
  if (!app || !target) return unreached('FUNCTION_DELETED')
  if (!(await whenRuntimeReady(context, app))) return unreached('RUNTIME_UNAVAILABLE')
  for (;;) {
    const channels = context.channels.ready(app._id)
    const response = await callOn(context, channels, trigger, target, signal)
    if (response === null) return unreached('RUNTIME_UNAVAILABLE')
    if (response.status !== 403 || !wasReplaced(context, channels, trigger.appid)) return resultOf(response)
    // A fresh runtime took over between the token and the request, and does not know the token: nothing was executed.
  }
}

/** @returns null when the request did not get through */
async function callOn(
  context: Context,
  channels: RuntimeChannel[],
  trigger: TriggerDoc,
  { name, methods, timeoutMs }: Target,
  signal: AbortSignal,
): Promise<RunResponse | null> {
  const runId = randomUUID()
  const runToken = randomToken()
  try {
    const run = { runId, runToken, name, overlay: [], trigger: 'cron' as const }
    const told = await Promise.allSettled(channels.map((channel) => channel.run(run, LOAD_MS)))
    if (told.every(({ status }) => status === 'rejected')) return null
    const method = methodOf(methods)
    const body = trigger.payload.trim() === '' || method === 'GET' ? null : trigger.payload
    return await sendRequest(
      context,
      { appid: trigger.appid, name, runToken },
      {
        method,
        target: '',
        headers: {
          'user-agent': 'Lathe-Trigger',
          ...(body === null ? {} : { 'content-type': 'application/json' }),
        },
        body: body === null ? null : Buffer.from(body),
      },
      AbortSignal.any([signal, AbortSignal.timeout(timeoutMs + SILENCE_MS)]),
    )
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Refusal) return null
    throw error
  } finally {
    for (const channel of channels) channel.endRun(runId)
  }
}

function targetOf(
  { mongo }: Pick<Context, 'mongo'>,
  { functionId }: Pick<TriggerDoc, 'functionId'>,
): Promise<Target | null> {
  const projection = { name: 1, methods: 1, timeoutMs: 1, liveRevision: 1, deletedAt: 1 }
  return mongo.functions.findOne({ _id: functionId }, { projection })
}

/** POST, which the payload needs, unless the function does not take it. */
function methodOf(methods: string[] | null): Method {
  if (!methods || methods.includes('POST')) return 'POST'
  return (methods[0] ?? 'POST') as Method
}

function wasReplaced({ channels }: Context, before: RuntimeChannel[], appid: string): boolean {
  return channels.ready(appid).some((channel) => !before.includes(channel))
}

function resultOf({ status, durationMs, requestId }: RunResponse): FiringResult {
  return { outcome: status < 400 ? 'ok' : 'failed', reason: null, status, durationMs, requestId }
}

function unreached(reason: FiringReason): FiringResult {
  return { outcome: 'failed', reason, status: null, durationMs: null, requestId: null }
}
