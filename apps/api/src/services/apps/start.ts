import type { AppView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function startApp(request: SignedRequest, input: z.infer<typeof inputs.app>): Promise<AppView> {
  throw new Error('not yet')
}
