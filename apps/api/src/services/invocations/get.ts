import type { InvocationDetail, observeInputs } from '@lathe/shared'
import type { z } from 'zod'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { logEntry } from '../logs/entry.ts'
import { invocationEntry } from './entry.ts'

const LINES = 1_000

/** One request by its id, with the lines that it wrote. */
export async function getInvocation(
  request: SignedRequest,
  { appid, requestId }: z.infer<typeof observeInputs.invocationsGet>,
): Promise<InvocationDetail> {
  appOf(request, appid)
  const { mongo, logs } = request.context
  await logs.flush()
  const [invocation, lines] = await Promise.all([
    mongo.invocations.find({ appid, requestId }).sort({ _id: -1 }).limit(1).next(),
    mongo.logs
      .find({ appid, requestId })
      .sort({ _id: 1 })
      .limit(LINES + 1)
      .toArray(),
  ])
  if (!invocation && lines.length === 0) throw notFound('request', requestId)
  return {
    invocation: invocation ? { ...invocationEntry(invocation), request: invocation.request ?? null } : null,
    lines: lines.slice(0, LINES).map(logEntry),
    truncated: lines.length > LINES,
  }
}
