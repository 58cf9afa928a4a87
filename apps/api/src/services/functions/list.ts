import type { FunctionSummary, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function listFunctions(
  request: SignedRequest,
  input: z.infer<typeof inputs.app>,
): Promise<FunctionSummary[]> {
  throw new Error('not yet')
}
