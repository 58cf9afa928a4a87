import type { TokenView } from '@lathe/shared'
import type { SignedRequest } from '../../request-context.ts'
import { tokenView } from './view.ts'

/** The caller's own bearer tokens, the newest first, without their secrets. */
export async function listTokens({ context, caller }: SignedRequest): Promise<TokenView[]> {
  const found = await context.mongo.apiKeys.find({ referenceId: caller.userId }).toArray()
  return found.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime()).map(tokenView)
}
