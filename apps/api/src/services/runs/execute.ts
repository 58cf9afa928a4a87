import type { inputs, RunEvent } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function* executeRun(
  request: SignedRequest,
  input: z.infer<typeof inputs.runsExecute>,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunEvent, void> {
  throw new Error('not yet')
}
