import { randomBytes } from 'node:crypto'
import { hasScope, type TokenScope, type TokenView } from '@lathe/shared'
import { ObjectId } from 'mongodb'
import { tokenHash } from '../../hash.ts'
import type { ApiKeyDoc } from '../../mongo/account-documents.ts'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { tokenView } from './view.ts'

const PREFIX = 'lathe_'
const SECRET_BYTES = 36
const SHOWN = PREFIX.length + 4
/** Of an account or a team: what is listed whole is bounded. */
const MAX_TOKENS = 500
const DAY_MS = 24 * 3600_000

export interface Wanted {
  name: string
  scope: TokenScope
  apps?: string[] | undefined
  expiresInDays?: number | undefined
}

/**
 * Makes a bearer token. Its secret is in this answer and nowhere else.
 * @param teamId whose it is; null = the caller's own
 * @throws Refusal FORBIDDEN when a token asks for more than it may itself, LIMIT_REACHED when there are too many
 */
export async function issueToken(
  { context, caller }: SignedRequest,
  teamId: string | null,
  { name, scope, apps = caller.token?.apps ?? undefined, expiresInDays }: Wanted,
): Promise<TokenView & { token: string }> {
  const by = caller.token
  if (by && (!hasScope(by.scope, scope) || apps?.some((appid) => by.apps && !by.apps.includes(appid)))) {
    throw new Refusal('FORBIDDEN', 'A token cannot make one that may do more than itself.')
  }
  const referenceId = teamId ?? caller.userId
  const held = await context.mongo.apiKeys.countDocuments({ referenceId }, { limit: MAX_TOKENS })
  if (held >= MAX_TOKENS) {
    throw new Refusal('LIMIT_REACHED', `There can be ${MAX_TOKENS} tokens: revoke some first.`, {
      limit: MAX_TOKENS,
    })
  }
  const token = `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`
  const now = new Date()
  const doc: ApiKeyDoc = {
    _id: new ObjectId().toHexString(),
    key: tokenHash(token),
    name,
    start: token.slice(0, SHOWN),
    referenceId,
    teamId,
    scope,
    apps: apps ?? null,
    createdBy: caller.name,
    enabled: true,
    expiresAt: expiresInDays === undefined ? null : new Date(now.getTime() + expiresInDays * DAY_MS),
    lastRequest: null,
    createdAt: now,
  }
  await context.mongo.apiKeys.insertOne(doc)
  return { ...tokenView(doc), token }
}
