import type { DeletedFunction, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function deletedFunctions(
  request: SignedRequest,
  input: z.infer<typeof inputs.app>,
): Promise<DeletedFunction[]> {
  throw new Error('not yet')
}
