import type { IncomingHttpHeaders } from 'node:http'
import { tokenHash } from '../hash.ts'
import type { ApiKeyDoc } from '../mongo/account-documents.ts'
import type { Mongo } from '../mongo/mongo.ts'
import type { Caller } from '../request-context.ts'
import type { Auth } from './auth.ts'
import { bearerToken } from './bearer.ts'

const LAST_USE_RESOLUTION_MS = 60_000

/** Who calls, or null. A bearer token that is sent counts alone: a bad one is not made good by a cookie. */
export async function resolveCaller(
  auth: Auth,
  mongo: Mongo,
  headers: IncomingHttpHeaders,
): Promise<Caller | null> {
  if (headers.authorization !== undefined) {
    const token = bearerToken(headers.authorization)
    return token ? byToken(mongo, token) : null
  }
  if (!headers.cookie) return null
  const found = await auth.api.getSession({ headers: new Headers({ cookie: headers.cookie }) })
  if (!found) return null
  const { id, email, name } = found.user
  return { userId: id, email, name, token: null, sessionId: found.session.id }
}

/** Read anew with every call, so that a revoked token is gone at once, everywhere. */
async function byToken(mongo: Mongo, token: string): Promise<Caller | null> {
  const found = await mongo.apiKeys.findOne({ key: tokenHash(token) })
  if (!found || found.enabled === false || (found.expiresAt && found.expiresAt < new Date())) return null
  const { scope = 'admin', apps = null, teamId = null } = found
  const facts = { id: found._id, name: found.name ?? '', scope, apps, teamId }
  if (teamId !== null) {
    await noteUse(mongo, found)
    return {
      userId: `token:${found._id}`,
      email: '',
      name: found.name ?? 'token',
      token: facts,
      sessionId: null,
    }
  }
  const user = await mongo.users.findOne({ _id: found.referenceId })
  if (!user) return null
  await noteUse(mongo, found)
  return { userId: user._id, email: user.email, name: user.name, token: facts, sessionId: null }
}

async function noteUse(mongo: Mongo, key: ApiKeyDoc): Promise<void> {
  const now = new Date()
  if (key.lastRequest && now.getTime() - key.lastRequest.getTime() < LAST_USE_RESOLUTION_MS) return
  await mongo.apiKeys.updateOne({ _id: key._id }, { $set: { lastRequest: now } })
}
