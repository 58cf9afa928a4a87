import type { AuditEntry, auditInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { teamOf } from '../teams/scope.ts'
import { entriesOf, filterOf } from './list.ts'

const BATCH = 500
const COLUMNS = [
  'at',
  'who',
  'token',
  'action',
  'appid',
  'app',
  'target',
  'outcome',
  'address',
  'requestId',
] as const

/** All that the filter finds, as CSV (RFC 4180), the newest first, piece by piece. */
export async function* auditCsv(
  request: SignedRequest,
  filter: z.infer<typeof auditInputs.csv>,
): AsyncGenerator<string, void> {
  yield `${COLUMNS.join(',')}\r\n`
  let before: string | null = null
  for (;;) {
    const docs = await request.context.mongo.audit
      .find({ ...filterOf(teamOf(request), filter), ...(before === null ? {} : { _id: { $lt: before } }) })
      .sort({ _id: -1 })
      .limit(BATCH)
      .toArray()
    const entries = await entriesOf(request.context, docs)
    if (entries.length > 0) yield `${entries.map(rowOf).join('\r\n')}\r\n`
    const last = docs.at(-1)
    if (!last || docs.length < BATCH) return
    before = last._id
  }
}

function rowOf(entry: AuditEntry): string {
  const target = Object.entries(entry.target)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
  const { at, who, token, action, app, outcome, address, requestId } = entry
  return [
    at,
    who,
    token ?? '',
    action,
    app?.appid ?? '',
    app?.name ?? '',
    target,
    outcome,
    address,
    requestId,
  ]
    .map(cell)
    .join(',')
}

/** Quoted where it has to be; a text that a spreadsheet would take for a formula is made one that it does not. */
export function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
