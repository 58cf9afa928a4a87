import type { SessionView } from '@lathe/shared'
import type { SignedRequest } from '../../request-context.ts'

const MAX_SESSIONS = 200

/** Browsers that are signed in as the caller, the last seen first. */
export async function listSessions({ context, caller }: SignedRequest): Promise<SessionView[]> {
  const found = await context.mongo.sessions
    .find({ userId: caller.userId, expiresAt: { $gt: new Date() } })
    .limit(MAX_SESSIONS)
    .toArray()
  return found
    .toSorted((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime())
    .map((session) => ({
      id: session._id,
      current: session._id === caller.sessionId,
      userAgent: session.userAgent ?? '',
      address: session.ipAddress ?? '',
      createdAt: session.createdAt.toISOString(),
      lastSeenAt: session.updatedAt.toISOString(),
    }))
}
