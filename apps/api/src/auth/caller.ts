import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { ApiKeyDoc, UserDoc } from '../mongo/documents.ts'
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
  return { userId: id, email, name, via: 'cookie' }
}

/**
 * One read per call, where the plugin's own check would also write twice: use is noted once a minute. Tokens are
 * stored as the plugin stores them, as SHA-256 in base64url, and so a revoked one is gone at once.
 */
async function byToken(mongo: Mongo, token: string): Promise<Caller | null> {
  const key = createHash('sha256').update(token).digest('base64url')
  const found = await mongo.apiKeys.findOne({ key })
  if (!found || found.enabled === false || (found.expiresAt && found.expiresAt < new Date())) return null
  const user = await mongo.users.findOne({ _id: found.referenceId })
  if (!user) return null
  await noteUse(mongo, found)
  return callerOf(user)
}

async function noteUse(mongo: Mongo, key: ApiKeyDoc): Promise<void> {
  const now = new Date()
  if (key.lastRequest && now.getTime() - key.lastRequest.getTime() < LAST_USE_RESOLUTION_MS) return
  await mongo.apiKeys.updateOne({ _id: key._id }, { $set: { lastRequest: now } })
}

function callerOf({ _id, email, name }: UserDoc): Caller {
  return { userId: _id, email, name, via: 'token' }
}
