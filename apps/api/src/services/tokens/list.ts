import type { TokenView } from '@lathe/shared'
import type { SignedRequest } from '../../request-context.ts'

export async function listTokens(request: SignedRequest): Promise<TokenView[]> {
  throw new Error('not yet')
}
