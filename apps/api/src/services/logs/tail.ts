import type { inputs, LogEvent } from '@lathe/shared'
import type { TrackedEnvelope } from '@trpc/server'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function* tailLogs(
  request: SignedRequest,
  input: z.infer<typeof inputs.logsTail>,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrackedEnvelope<LogEvent>, void> {
  throw new Error('not yet')
}
