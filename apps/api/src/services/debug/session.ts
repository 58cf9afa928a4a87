import type { DebugSessionEvent, debugInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { runtimesFor } from '../runs/load.ts'

type Input = z.infer<typeof debugInputs.session>

/** A debug session of the caller: its events, until the caller goes or the session ends. Nothing of it stays. */
export async function* debugSession(
  request: SignedRequest,
  { appid }: Input,
  signal: AbortSignal | undefined,
): AsyncGenerator<DebugSessionEvent, void> {
  const { context, caller } = request
  const app = livingAppOf(request, appid)
  await runtimesFor(context, app) // an app that is stopped is started first
  const gone = signal ?? new AbortController().signal
  await using session = await context.debug.start(app, caller.userId, gone)
  const end = () => session.events.end()
  gone.addEventListener('abort', end)
  try {
    if (!gone.aborted) yield* session.events
  } finally {
    gone.removeEventListener('abort', end)
  }
}
