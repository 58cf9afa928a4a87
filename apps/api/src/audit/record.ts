import type { PermissionName } from '@lathe/shared'
import { ObjectId } from 'mongodb'
import { personalTeamOf } from '../auth/personal-team.ts'
import type { AuditDoc } from '../mongo/documents.ts'
import type { SignedRequest } from '../request-context.ts'

/**
 * What of an input may stand in the log: what things are called. Everything else (sources, values, payloads, secrets)
 * stays out because it is not named here.
 */
const NAMING = [
  'name',
  'newName',
  'functionName',
  'email',
  'newEmail',
  'role',
  'scope',
  'userId',
  'id',
  'revision',
  'version',
] as const
/** Lists in inputs, of things that have names. */
const LISTS = ['moves', 'functions', 'packages', 'variables'] as const
const MAX_CHARS = 200

/** Saved as one types and moves: drafts have their author and version themselves. */
const QUIET: ReadonlySet<string> = new Set<PermissionName>([
  'functions.saveDraft',
  'presence.at',
  'account.setPreferences',
])

export function isAudited(action: string): boolean {
  return !QUIET.has(action)
}

/**
 * Writes down one call that was let through, once it is known how it ended. When this fails, what was done is done: the
 * log of the process has it.
 * @param data what the call answered: of what concerns an account, it may name the team; else it is the personal one's
 */
export async function recordCall(
  request: SignedRequest,
  action: string,
  input: unknown,
  outcome: string,
  data: unknown,
): Promise<void> {
  const { context, caller, app, address, requestId } = request
  const teamId =
    request.teamId ??
    stringIn(data, 'teamId') ??
    (await personalTeamOf(context.mongo, caller.userId))?._id ??
    null
  if (teamId === null) return
  const target = targetOf(input)
  const doc: AuditDoc = {
    _id: new ObjectId().toHexString(),
    teamId,
    at: new Date(),
    userId: caller.userId,
    who: caller.name,
    token: caller.token?.name ?? null,
    action,
    appid: app?._id ?? null,
    target,
    outcome,
    address,
    requestId,
    text: [caller.name, caller.email, action, app?.name, app?._id, ...Object.values(target), outcome]
      .join(' ')
      .toLowerCase(),
  }
  try {
    await context.mongo.audit.insertOne(doc)
  } catch (error) {
    context.log.error({ err: error, requestId, action, teamId }, 'a call was not written to the audit log')
  }
}

function targetOf(input: unknown): Record<string, string> {
  const given = fieldsOf(input)
  const listed = LISTS.flatMap((list) => arrayOf(given[list]))
  const names = [...arrayOf(given.names), ...listed.map((one) => fieldsOf(one).name)]
  const newNames = listed.map((one) => fieldsOf(one).newName)
  const named = {
    ...(names.length > 0 && { name: names }),
    ...(newNames.length > 0 && { newName: newNames }),
  }
  const found: Record<string, unknown> = { ...named, ...given }
  return Object.fromEntries(
    NAMING.flatMap((key) => {
      const values = [found[key]].flat().filter((one) => typeof one === 'string' || typeof one === 'number')
      return values.length > 0 ? [[key, values.join(', ').slice(0, MAX_CHARS)]] : []
    }),
  )
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function arrayOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function stringIn(data: unknown, key: string): string | null {
  const value = fieldsOf(data)[key]
  return typeof value === 'string' ? value : null
}
