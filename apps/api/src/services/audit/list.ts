import type { AuditEntry, AuditPage, auditInputs } from '@lathe/shared'
import type { Filter } from 'mongodb'
import type { z } from 'zod'
import type { Context } from '../../context.ts'
import type { AuditDoc } from '../../mongo/documents.ts'
import type { SignedRequest } from '../../request-context.ts'
import { teamOf } from '../teams/scope.ts'

const SEARCH_MS = 5_000

/** Who did what in the team, the newest first, page by page. */
export async function listAudit(
  request: SignedRequest,
  input: z.infer<typeof auditInputs.list>,
): Promise<AuditPage> {
  const { mongo } = request.context
  const { cursor, limit } = input
  const found = await mongo.audit
    .find({ ...filterOf(teamOf(request), input), ...(cursor ? { _id: { $lt: cursor } } : {}) })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .maxTimeMS(SEARCH_MS)
    .toArray()
  const shown = found.slice(0, limit)
  return {
    entries: await entriesOf(request.context, shown),
    next: found.length > limit ? (shown.at(-1)?._id ?? null) : null,
  }
}

export function filterOf(
  teamId: string,
  { search, appid }: z.infer<typeof auditInputs.csv>,
): Filter<AuditDoc> {
  return {
    teamId,
    ...(appid === undefined ? {} : { appid }),
    ...(search === '' ? {} : { text: { $regex: RegExp.escape(search.toLowerCase()) } }),
  }
}

export async function entriesOf({ mongo }: Context, docs: AuditDoc[]): Promise<AuditEntry[]> {
  const appids = [...new Set(docs.flatMap(({ appid }) => appid ?? []))]
  const apps = await mongo.apps
    .find({ _id: { $in: appids } })
    .project<{ _id: string; name: string }>({ name: 1 })
    .toArray()
  const names = new Map(apps.map(({ _id, name }) => [_id, name]))
  return docs.map(({ _id, at, who, token, action, appid, target, outcome, address, requestId }) => ({
    id: _id,
    at: at.toISOString(),
    who,
    token,
    action,
    app: appid === null ? null : { appid, name: names.get(appid) ?? null },
    target,
    outcome,
    address,
    requestId,
  }))
}
