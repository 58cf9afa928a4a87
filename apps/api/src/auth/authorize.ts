import {
  appidSchema,
  hasRole,
  hasScope,
  type Permission,
  permissions,
  roleWithScope,
  type TeamRole,
  teamIdSchema,
} from '@lathe/shared'
import { TRPCError } from '@trpc/server'
import { z } from 'zod'
import type { AppDoc } from '../mongo/documents.ts'
import { notFound, Refusal } from '../refusal.ts'
import type { Caller, RequestContext, SignedRequest } from '../request-context.ts'
import { membershipIn } from './memberships.ts'
import { personalTeamOf } from './personal-team.ts'

const rows: Record<string, Permission> = permissions
const namesApp = z.object({ appid: appidSchema })
const namesTeam = z.object({ teamId: teamIdSchema.optional() }).optional()

/**
 * The one place where it is decided who may do what: by the row of the permission matrix (packages/shared) that has the
 * name of the call. What has no row is refused. What belongs to a team that the caller is not in does not exist for him.
 * @param name of a procedure or an HTTP route
 * @param input as it arrived: only the team or app that it names is read here
 * @param changes whether the call can change something, or is a stream: a cookie alone does not vouch for those
 * @returns the request with what it was let to: the app or the team
 */
export async function authorize(
  request: RequestContext,
  name: string,
  input: () => Promise<unknown>,
  changes: boolean,
): Promise<SignedRequest> {
  const row = rows[name]
  if (!row || row.of === 'open') throw new Error(`${name} has no row in the permission matrix`)
  const caller = signedIn(request, changes)
  if (row.of === 'account') {
    requireScope(caller, row.scope)
    return { ...request, caller, teamId: null, app: null }
  }
  const app = row.of === 'app' ? await appNamed(request, input) : null
  const teamId = app ? app.teamId : await teamNamed(request, caller, input)
  const member = await membershipIn(request.context.mongo, caller, teamId)
  const isLimited = caller.token?.apps && !(app && caller.token.apps.includes(app._id))
  if (!member || (app && isLimited)) throw app ? notFound('app', app._id) : notFound('team', teamId)
  if (isLimited) throw new Refusal('FORBIDDEN', 'This token is limited to some apps of the team.')
  requireRole(caller, member.role, row.role)
  return { ...request, caller, teamId, app }
}

function signedIn({ caller, isFromConsole }: RequestContext, changes: boolean): Caller {
  if (!caller) throw new Refusal('UNAUTHENTICATED', 'Sign in, or send Authorization: Bearer <token>.')
  if (!caller.token && changes && !isFromConsole) {
    throw new Refusal('BAD_ORIGIN', 'Calls that change something have to come from the console.')
  }
  return caller
}

function requireScope({ token }: Caller, needed: Extract<Permission, { of: 'account' }>['scope']): void {
  if (!token) return
  if (needed === 'session') throw new Refusal('FORBIDDEN', 'No token may do this: sign in to the console.')
  if (hasScope(token.scope, needed)) return
  throw new Refusal('FORBIDDEN', `The scope of this token is ${token.scope}; this takes ${needed}.`)
}

function requireRole({ token }: Caller, held: TeamRole, needed: TeamRole): void {
  const role = token ? roleWithScope(held, token.scope) : held
  if (hasRole(role, needed)) return
  if (hasRole(held, needed)) {
    throw new Refusal('FORBIDDEN', `The scope of this token is ${token?.scope}; this takes ${needed}.`)
  }
  throw new Refusal('FORBIDDEN', `Your role in this team is ${held}; this takes ${needed} or above.`)
}

async function appNamed({ context }: RequestContext, input: () => Promise<unknown>): Promise<AppDoc> {
  const { appid } = parsed(namesApp, await input())
  const app = await context.mongo.apps.findOne({ _id: appid })
  if (!app) throw notFound('app', appid)
  return app
}

/** Without a team's id, the caller's own: the personal one, or the one that a team's token belongs to. */
async function teamNamed(
  { context }: RequestContext,
  caller: Caller,
  input: () => Promise<unknown>,
): Promise<string> {
  const named = parsed(namesTeam, await input())?.teamId ?? caller.token?.teamId
  const teamId = named ?? (await personalTeamOf(context.mongo, caller.userId))?._id
  if (teamId === undefined) throw notFound('team', 'of your own')
  return teamId
}

function parsed<T>(schema: z.ZodType<T>, input: unknown): T {
  const found = schema.safeParse(input)
  if (found.success) return found.data
  throw new TRPCError({ code: 'BAD_REQUEST', cause: found.error })
}
