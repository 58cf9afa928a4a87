import type { TokenView } from '@lathe/shared'

interface Token {
  name: string | null
  start: string | null
  createdAt: Date
  expiresAt: Date | null
  lastRequest: Date | null
}

export function tokenView(id: string, token: Token): TokenView {
  return {
    id,
    name: token.name ?? '',
    start: token.start ?? '',
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt?.toISOString() ?? null,
    lastUsedAt: token.lastRequest?.toISOString() ?? null,
  }
}
