import type { AppView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function renameApp(
  request: SignedRequest,
  input: z.infer<typeof inputs.appsRename>,
): Promise<AppView> {
  throw new Error('not yet')
}
