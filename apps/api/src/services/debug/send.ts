import type { DebugResult, debugInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'

/** One command to the caller's own debug session. */
export function sendDebugCommand(
  request: SignedRequest,
  { appid, sessionId, command }: z.infer<typeof debugInputs.send>,
): Promise<DebugResult> {
  const { context, caller } = request
  const app = appOf(request, appid)
  return context.debug.of(sessionId, app._id, caller.userId).send(command)
}
