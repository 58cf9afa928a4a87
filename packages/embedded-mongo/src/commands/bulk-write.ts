/** bulkWrite: inserts, updates and deletes over several collections in one command. */
import { asInteger } from '../bson/types.ts'
import { type Doc, doc, int, isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import { once } from './collections.ts'
import {
  type Command,
  checkDatabaseName,
  checkNamespace,
  type Privilege,
  type Request,
  type RequestBase,
  refuseUnknown,
} from './command.ts'
import { decodedDocuments } from './documents.ts'
import { ownerOf } from './query-options.ts'
import { deleteOne, insertOne, isFatal, updateOne } from './write.ts'

type Kind = 'insert' | 'update' | 'delete'

const FIELDS: Record<Kind, readonly string[]> = {
  insert: ['insert', 'document'],
  update: [
    'update',
    'filter',
    'updateMods',
    'multi',
    'upsert',
    'arrayFilters',
    'hint',
    'collation',
    'sort',
    'constants',
  ],
  delete: ['delete', 'filter', 'multi', 'hint', 'collation'],
}

interface Namespace {
  readonly db: string
  readonly name: string
}

function namespaces(request: Pick<RequestBase, 'args' | 'sequences'>): Namespace[] {
  return decodedDocuments(request, 'nsInfo').map((info) => {
    const ns = info.get('ns')
    if (typeof ns !== 'string' || !ns.includes('.'))
      throw new MongoError('InvalidNamespace', `Invalid namespace specified for bulkWrite: '${String(ns)}'`)
    const db = ns.slice(0, ns.indexOf('.'))
    const name = ns.slice(ns.indexOf('.') + 1)
    checkDatabaseName(db)
    checkNamespace(db, name)
    return { db, name }
  })
}

function kindOf(op: Doc): Kind {
  const kind = op.keys().next().value
  if (kind !== 'insert' && kind !== 'update' && kind !== 'delete')
    throw new MongoError('BadValue', `Unrecognized or missing operation in bulkWrite: ${String(kind)}`)
  refuseUnknown(op, FIELDS[kind], `bulkWrite.ops.${kind}`)
  return kind
}

/** Checked here operation by operation; the command itself needs only a signed-in user. */
function authorise(request: Request, list: readonly Namespace[], ops: readonly Doc[]): void {
  for (const op of ops) {
    const kind = kindOf(op)
    const ns = list[asInteger(op.get(kind)) ?? -1]
    if (!ns) throw new MongoError('BadValue', `BulkWrite ops entry has an invalid nsInfo index.`)
    const actions =
      kind === 'insert'
        ? (['insert'] as const)
        : kind === 'delete'
          ? (['remove'] as const)
          : op.get('upsert') === true
            ? (['update', 'insert'] as const)
            : (['update'] as const)
    for (const action of actions) {
      if (!request.client.can(action, ns.db))
        throw new MongoError('Unauthorized', `not authorized on ${ns.db} to execute command bulkWrite`)
    }
  }
}

interface Totals {
  nErrors: number
  nInserted: number
  nMatched: number
  nModified: number
  nUpserted: number
  nDeleted: number
}

async function bulkWrite(request: Request): Promise<Doc> {
  const { args, db, op: operation, target, services } = request
  if (db !== 'admin')
    throw new MongoError('Unauthorized', 'bulkWrite may only be run against the admin database.')
  const list = namespaces(request)
  const ops = decodedDocuments(request, 'ops')
  if (ops.length === 0 || ops.length > 100_000)
    throw new MongoError(
      'InvalidLength',
      `Write batch sizes must be between 1 and 100000. Got ${ops.length} operations.`,
    )
  authorise(request, list, ops)
  const ordered = args.get('ordered') !== false
  const totals: Totals = { nErrors: 0, nInserted: 0, nMatched: 0, nModified: 0, nUpserted: 0, nDeleted: 0 }
  const results: Doc[] = []
  for (const [idx, op] of ops.entries()) {
    const ns = list[asInteger(op.get(kindOf(op)))!]!
    try {
      const result = await runOne(request, ns, op, idx, totals)
      if (!args.boolean('errorsOnly')) results.push(doc({ ok: 1, idx: int(idx), ...result }))
    } catch (error) {
      if (!(error instanceof MongoError) || isFatal(error)) throw error
      totals.nErrors += 1
      results.push(
        doc({
          ok: 0,
          idx: int(idx),
          n: int(0),
          code: int(error.code),
          errmsg: error.message,
          ...Object.fromEntries(error.extra ?? []),
        }),
      )
      if (ordered) break
    }
    await operation.pause()
  }
  await target.durable()
  const reply = await services.cursors.open(
    'admin.$cmd.bulkWrite',
    once(results),
    operation,
    ownerOf(request),
    {
      batchSize: asInteger(args.optionalDoc('cursor')?.get('batchSize')) ?? 10_000,
    },
  )
  for (const [key, value] of Object.entries(totals)) reply.set(key, int(value))
  return reply
}

async function runOne(
  request: Request,
  ns: Namespace,
  op: Doc,
  idx: number,
  totals: Totals,
): Promise<Record<string, Value | undefined>> {
  const { services, target, retry } = request
  const inner: Request = {
    ...request,
    db: ns.db,
    ensure: (name) => services.engine.find(ns.db, name) ?? request.createIn(ns.db, name),
  }
  const kind = kindOf(op)
  if (kind === 'insert') {
    const document = op.get('document')
    if (!isDoc(document))
      throw new MongoError(40414, "BSON field 'bulkWrite.ops.document' is missing but a required field")
    if (!retry.done(idx)) {
      const collection = inner.ensure(ns.name)
      target.unit(() => {
        insertOne(target, collection, document, request.args.boolean('bypassDocumentValidation'))
        retry.remember(idx, { matched: 1, modified: 0, upserted: undefined })
      })
    }
    totals.nInserted += 1
    return { n: int(1) }
  }
  if (kind === 'delete') {
    const statement = doc({
      q: op.get('filter'),
      limit: int(op.get('multi') === true ? 0 : 1),
      hint: op.get('hint'),
      collation: op.get('collation'),
    })
    const { matched } = retry.done(idx) ?? (await deleteOne(inner, ns.name, statement, idx))
    totals.nDeleted += matched
    return { n: int(matched) }
  }
  const statement = doc({ q: op.get('filter'), u: op.get('updateMods'), c: op.get('constants') })
  for (const option of ['multi', 'upsert', 'arrayFilters', 'hint', 'collation', 'sort']) {
    const value = op.get(option)
    if (value !== undefined) statement.set(option, value)
  }
  const outcome = retry.done(idx) ?? (await updateOne(inner, ns.name, statement, idx))
  totals.nMatched += outcome.matched
  totals.nModified += outcome.modified
  if (outcome.upserted === undefined) return { n: int(outcome.matched), nModified: int(outcome.modified) }
  totals.nUpserted += 1
  return { n: int(1), nModified: int(0), upserted: doc({ _id: outcome.upserted }) }
}

const privilege = (): Privilege => 'any'

export const bulkWriteCommands: Record<string, Command> = {
  bulkWrite: {
    fields: ['ops', 'nsInfo', 'ordered', 'errorsOnly', 'bypassDocumentValidation', 'let', 'cursor'],
    privilege,
    run: bulkWrite,
    inTransaction: true,
  },
}
