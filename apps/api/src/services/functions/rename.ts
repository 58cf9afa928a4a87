import type { FunctionView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function renameFunction(
  request: SignedRequest,
  input: z.infer<typeof inputs.functionsRename>,
): Promise<FunctionView> {
  throw new Error('not yet')
}
