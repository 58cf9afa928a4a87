import type { SystemStatus } from '@lathe/shared'
import type { SignedRequest } from '../../request-context.ts'

export async function systemStatus(request: SignedRequest): Promise<SystemStatus> {
  throw new Error('not yet')
}
