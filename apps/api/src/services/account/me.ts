import type { AccountView } from '@lathe/shared'
import type { SignedRequest } from '../../request-context.ts'

export async function me({ caller }: SignedRequest): Promise<AccountView> {
  return { id: caller.userId, email: caller.email, name: caller.name }
}
