import type { AccountView } from '@lathe/shared'
import type { SignedRequest } from '../../request-context.ts'

export async function me(request: SignedRequest): Promise<AccountView> {
  throw new Error('not yet')
}
