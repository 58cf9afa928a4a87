import type { TeamRole } from '@lathe/shared'
import type { AppDoc } from '../../mongo/documents.ts'
import { notFound, Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { requireRole, roleOf } from '../teams/roles.ts'

/**
 * The app, if it belongs to one of the caller's teams. Somebody else's app is refused like one that does not exist.
 * Every verb on an app, its functions, runs or logs begins here.
 * @param needed the least role that may do what is about to be done
 */
export async function appOf(
  { context, caller }: SignedRequest,
  appid: string,
  needed: TeamRole,
): Promise<AppDoc> {
  const { mongo } = context
  const app = await mongo.apps.findOne({ _id: appid })
  if (!app) throw notFound('app', appid)
  const member = await mongo.members.findOne({ userId: caller.userId, organizationId: app.teamId })
  if (!member) throw notFound('app', appid)
  requireRole(roleOf(member.role), needed)
  return app
}

/** The same, for what cannot be done to an app that is on its way out. */
export async function livingAppOf(request: SignedRequest, appid: string, needed: TeamRole): Promise<AppDoc> {
  const app = await appOf(request, appid, needed)
  if (app.phase === 'deleting') {
    throw new Refusal('APP_NOT_RUNNING', 'The app is being deleted.', { phase: app.phase })
  }
  return app
}
