import type { FunctionView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function createFunction(
  request: SignedRequest,
  input: z.infer<typeof inputs.functionsCreate>,
): Promise<FunctionView> {
  throw new Error('not yet')
}
