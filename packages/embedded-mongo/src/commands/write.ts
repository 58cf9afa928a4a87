/** insert, update, delete. */
import { decode } from '../bson/decode.ts'
import { encode } from '../bson/encode.ts'
import { asInteger, typeName } from '../bson/types.ts'
import { type Doc, doc, int, isDoc, Timestamp } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { WriteTarget } from '../exec/target.ts'
import { runDelete, runUpdate } from '../exec/update.ts'
import { parseFilter } from '../query/parse.ts'
import { sortSpec } from '../query/sort.ts'
import type { Collection } from '../storage/collection.ts'
import { MAX_DOCUMENT_BYTES, tooLarge } from '../storage/records.ts'
import { validate } from '../storage/validator.ts'
import { freshTimestamp } from '../update/modifiers.ts'
import { parseUpdate } from '../update/parse-update.ts'
import { checkStorable, withId } from '../update/storable.ts'
import { type Command, collectionName, on, type Request, refuseUnknown } from './command.ts'
import { decodedDocuments, rawDocuments } from './documents.ts'
import { MAX_WRITE_BATCH } from './handshake.ts'
import { contextFor } from './query-options.ts'
import type { StatementResult } from './retry.ts'

/** Documents that one unit inserts before others get their turn. */
const CHUNK = 500
const CHUNK_BYTES = 2 * 1024 * 1024

export function writeError(index: number, error: MongoError): Doc {
  const out = doc({ index: int(index), code: int(error.code) })
  for (const [key, value] of error.extra ?? []) out.set(key, value)
  return out.set('errmsg', error.message)
}

/** The document as it is stored: `_id` first, empty timestamps filled in. Encoded again only when that changed it. */
export function prepareInsert(source: Uint8Array | Doc): { raw: Uint8Array; document: Doc } {
  const decoded = source instanceof Uint8Array ? decode(source) : source
  let document = withId(decoded)
  for (const [key, v] of document) {
    if (!(v instanceof Timestamp) || v.t !== 0 || v.i !== 0 || key === '_id') continue
    if (document === decoded) document = new Map(decoded)
    document.set(key, freshTimestamp())
  }
  checkStorable(document)
  const raw = document === decoded && source instanceof Uint8Array ? source : encode(document)
  if (raw.length > MAX_DOCUMENT_BYTES) throw tooLarge(raw.length)
  return { raw, document }
}

export function insertOne(
  target: WriteTarget,
  collection: Collection,
  source: Uint8Array | Doc,
  bypassValidation: boolean,
): Doc {
  const { raw, document } = prepareInsert(source)
  if (!bypassValidation) validate(collection.validator, document, undefined)
  target.insert(collection, raw, document)
  return document
}

function checkCount(n: number): void {
  if (n === 0 || n > MAX_WRITE_BATCH) {
    throw new MongoError(
      'InvalidLength',
      `Write batch sizes must be between 1 and ${MAX_WRITE_BATCH}. Got ${n} operations.`,
    )
  }
}

async function insert(request: Request): Promise<Doc> {
  const { args, op, target } = request
  const name = collectionName(request)
  const documents = rawDocuments(request, 'documents')
  checkCount(documents.length)
  const ordered = args.get('ordered') !== false
  const bypass = args.boolean('bypassDocumentValidation')
  const collection = request.ensure(name)
  const errors: Doc[] = []
  let n = 0
  let stop = false
  for (let at = 0; at < documents.length && !stop; ) {
    target.unit(() => {
      const end = Math.min(documents.length, at + CHUNK)
      for (let bytes = 0; at < end && bytes < CHUNK_BYTES; at++) {
        const index = at
        const source = documents[index]!
        bytes += source instanceof Uint8Array ? source.length : 1000
        try {
          if (!request.retry.done(index)) {
            insertOne(target, collection, source, bypass)
            request.retry.remember(index, { matched: 1, modified: 0, upserted: undefined })
          }
          n += 1
        } catch (error) {
          if (!(error instanceof MongoError) || isFatal(error)) throw error
          errors.push(writeError(index, error))
          stop = ordered
          if (stop) break
        }
      }
    })
    await op.pause()
  }
  await target.durable()
  const reply = doc({ n: int(n) })
  if (errors.length > 0) reply.set('writeErrors', errors)
  return reply.set('ok', 1)
}

const UPDATE_FIELDS = [
  'q',
  'u',
  'c',
  'multi',
  'upsert',
  'collation',
  'arrayFilters',
  'hint',
  'sort',
  'upsertSupplied',
]

async function update(request: Request): Promise<Doc> {
  const { args, op, target } = request
  const name = collectionName(request)
  const statements = decodedDocuments(request, 'updates')
  checkCount(statements.length)
  const ordered = args.get('ordered') !== false
  const errors: Doc[] = []
  const upserted: Doc[] = []
  let n = 0
  let modified = 0
  for (const [index, statement] of statements.entries()) {
    try {
      refuseUnknown(statement, UPDATE_FIELDS, 'update.updates')
      const outcome = request.retry.done(index) ?? (await updateOne(request, name, statement, index))
      n += outcome.matched
      modified += outcome.modified
      if (outcome.upserted !== undefined) {
        n += 1
        upserted.push(doc({ index: int(index), _id: outcome.upserted }))
      }
    } catch (error) {
      if (!(error instanceof MongoError) || isFatal(error)) throw error
      errors.push(writeError(index, error))
      if (ordered) break
    }
    await op.pause()
  }
  await target.durable()
  const reply = doc({ n: int(n), nModified: int(modified) })
  if (upserted.length > 0) reply.set('upserted', upserted)
  if (errors.length > 0) reply.set('writeErrors', errors)
  return reply.set('ok', 1)
}

/** Errors that end the command instead of one statement of it. */
export function isFatal(error: MongoError): boolean {
  return [50, 11601, 91, 112, 251, 14031, 96].includes(error.code) && error.codeName !== 'BadValue'
}

export async function updateOne(
  request: Request,
  name: string,
  statement: Doc,
  index: number,
): Promise<StatementResult> {
  const { args, op, target, services, db } = request
  const query = statement.get('q')
  if (!isDoc(query))
    throw new MongoError(
      'TypeMismatch',
      `BSON field 'update.updates.q' is the wrong type '${typeName(query)}', expected type 'object'`,
    )
  const multi = statement.get('multi') === true
  const upsert = statement.get('upsert') === true
  const existing = services.engine.find(db, name)
  const base = contextFor(args, existing, statement.get('collation'))
  const ctx = isDoc(statement.get('c'))
    ? { ...base, vars: new Map([...base.vars, ...(statement.get('c') as Doc)]) }
    : base
  const filter = parseFilter(query, ctx)
  const updater = parseUpdate(statement.get('u'), statement.get('arrayFilters'), ctx)
  if (multi && updater.kind === 'replacement')
    throw new MongoError('FailedToParse', 'multi update is not supported for replacement-style update')
  if (multi && statement.has('sort'))
    throw new MongoError('FailedToParse', 'Cannot specify sort with multi=true')
  const collection = existing ?? (upsert ? request.ensure(name) : undefined)
  if (!collection) return { matched: 0, modified: 0, upserted: undefined }
  return runUpdate(
    target,
    collection,
    {
      filter,
      updater,
      multi,
      upsert,
      sort: sortSpec(statement.get('sort')),
      hint: statement.get('hint'),
      bypassValidation: args.boolean('bypassDocumentValidation'),
      remember: (outcome) => request.retry.remember(index, outcome),
    },
    op,
  )
}

async function remove(request: Request): Promise<Doc> {
  const { args, op, target } = request
  const name = collectionName(request)
  const statements = decodedDocuments(request, 'deletes')
  checkCount(statements.length)
  const ordered = args.get('ordered') !== false
  const errors: Doc[] = []
  let n = 0
  for (const [index, statement] of statements.entries()) {
    try {
      refuseUnknown(statement, ['q', 'limit', 'collation', 'hint'], 'delete.deletes')
      const outcome = request.retry.done(index) ?? (await deleteOne(request, name, statement, index))
      n += outcome.matched
    } catch (error) {
      if (!(error instanceof MongoError) || isFatal(error)) throw error
      errors.push(writeError(index, error))
      if (ordered) break
    }
    await op.pause()
  }
  await target.durable()
  const reply = doc({ n: int(n) })
  if (errors.length > 0) reply.set('writeErrors', errors)
  return reply.set('ok', 1)
}

export async function deleteOne(
  request: Request,
  name: string,
  statement: Doc,
  index: number,
): Promise<StatementResult> {
  const { args, op, target, services, db } = request
  const query = statement.get('q')
  if (!isDoc(query))
    throw new MongoError(
      'TypeMismatch',
      `BSON field 'delete.deletes.q' is the wrong type '${typeName(query)}', expected type 'object'`,
    )
  const limit = asInteger(statement.get('limit')) ?? 0
  if (limit !== 0 && limit !== 1)
    throw new MongoError('FailedToParse', `The limit field in delete objects must be 0 or 1. Got ${limit}`)
  const collection = services.engine.find(db, name)
  const filter = parseFilter(query, contextFor(args, collection, statement.get('collation')))
  if (!collection) return { matched: 0, modified: 0, upserted: undefined }
  const remember = () => {
    if (limit === 1) request.retry.remember(index, { matched: 1, modified: 0, upserted: undefined })
  }
  const { deleted } = await runDelete(
    target,
    collection,
    { filter, limit, hint: statement.get('hint'), remember },
    op,
  )
  return { matched: deleted, modified: 0, upserted: undefined }
}

export const writeCommands: Record<string, Command> = {
  insert: {
    fields: ['documents', 'ordered', 'bypassDocumentValidation'],
    privilege: on('insert'),
    run: insert,
    inTransaction: true,
  },
  update: {
    fields: ['updates', 'ordered', 'bypassDocumentValidation', 'let'],
    privilege: (request) => ({
      actions: decodedDocuments(request, 'updates').some((u) => u.get('upsert') === true)
        ? ['update', 'insert']
        : ['update'],
    }),
    run: update,
    inTransaction: true,
  },
  delete: {
    fields: ['deletes', 'ordered', 'let'],
    privilege: on('remove'),
    run: remove,
    inTransaction: true,
  },
}
