import type { TokenView } from '@lathe/shared'
import type { ApiKeyDoc } from '../../mongo/account-documents.ts'

export function tokenView(token: ApiKeyDoc): TokenView {
  return {
    id: token._id,
    name: token.name ?? '',
    start: token.start ?? '',
    scope: token.scope ?? 'admin',
    apps: token.apps ?? null,
    createdAt: token.createdAt.toISOString(),
    createdBy: token.createdBy ?? '',
    expiresAt: token.expiresAt?.toISOString() ?? null,
    lastUsedAt: token.lastRequest?.toISOString() ?? null,
  }
}
