import type { FunctionView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function updateFunction(
  request: SignedRequest,
  input: z.infer<typeof inputs.functionsUpdate>,
): Promise<FunctionView> {
  throw new Error('not yet')
}
