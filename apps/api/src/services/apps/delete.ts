import type { inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function deleteApp(
  request: SignedRequest,
  input: z.infer<typeof inputs.appsDelete>,
): Promise<{ appid: string }> {
  throw new Error('not yet')
}
