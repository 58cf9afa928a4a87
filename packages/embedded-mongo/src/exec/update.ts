/** Update and delete of the documents that a query finds, one or many. */
import { identical } from '../bson/compare.ts'
import { decode } from '../bson/decode.ts'
import { encode } from '../bson/encode.ts'
import type { Doc, Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import { matches, type ParsedFilter } from '../query/filter.ts'
import type { MatchState } from '../query/path.ts'
import type { SortField } from '../query/sort.ts'
import type { Collection } from '../storage/collection.ts'
import { validate } from '../storage/validator.ts'
import type { Updater } from '../update/parse-update.ts'
import { checkStorable } from '../update/storable.ts'
import { upsertDocument } from '../update/upsert.ts'
import { find } from './find.ts'
import type { Operation } from './operation.ts'
import type { WriteTarget } from './target.ts'

export interface UpdateRequest {
  readonly filter: ParsedFilter
  readonly updater: Updater
  readonly multi: boolean
  readonly upsert: boolean
  readonly sort?: readonly SortField[]
  readonly hint?: Value | undefined
  readonly bypassValidation: boolean
  /** Called inside the unit that changes the one document. */
  readonly remember?: (outcome: UpdateOutcome) => void
}
export interface UpdateOutcome {
  readonly matched: number
  readonly modified: number
  readonly upserted: Value | undefined
  /** Of the (single) updated document. */
  readonly before: Doc | undefined
  readonly after: Doc | undefined
}

/** Documents changed in one unit of a multi-update, so that long ones let others in. */
const CHUNK = 200
const MAX_ATTEMPTS = 100

export async function runUpdate(
  target: WriteTarget,
  collection: Collection,
  request: UpdateRequest,
  op: Operation,
): Promise<UpdateOutcome> {
  let matched = 0
  let modified = 0
  let before: Doc | undefined
  let after: Doc | undefined
  const change = (rid: number): void => {
    const raw = target.read(collection, rid)
    if (!raw) return
    const document = decode(raw)
    const state: MatchState = { position: undefined }
    // What the scan found may have changed since: the decision is taken here, inside the unit.
    if (!matches(request.filter.root, document, state)) return
    const next = request.updater.apply(document, { inserting: false, position: state.position })
    matched += 1
    before = document
    after = next
    if (!identical(document, next)) {
      store(target, collection, rid, document, next, request)
      modified += 1
    }
    if (!request.multi) request.remember?.({ matched, modified, upserted: undefined, before, after })
  }
  const done = new Set<number>()
  for (let attempt = 0; ; attempt++) {
    let found = false
    for await (const batch of find(
      target.view,
      collection,
      { ...request, limit: request.multi ? 0 : 1 },
      op,
    )) {
      for (let i = 0; i < batch.length; i += CHUNK) {
        const chunk = batch.slice(i, i + CHUNK).filter((r) => !done.has(r.rid))
        for (const record of chunk) done.add(record.rid)
        target.unit(() => {
          for (const record of chunk) change(record.rid)
        })
        found = true
        await op.pause()
      }
    }
    // The one document was changed by somebody between finding and updating it: look again.
    if (request.multi || matched > 0 || !found || attempt > MAX_ATTEMPTS) break
    done.clear()
  }
  if (matched > 0 || !request.upsert) return { matched, modified, upserted: undefined, before, after }
  const inserted = insertUpsert(target, collection, request)
  // Somebody inserted a match meanwhile: update that one.
  if (!inserted) return runUpdate(target, collection, request, op)
  return upsertOutcome(inserted)
}

function upsertOutcome(document: Doc): UpdateOutcome {
  return { matched: 0, modified: 0, upserted: document.get('_id')!, before: undefined, after: document }
}

function store(
  target: WriteTarget,
  collection: Collection,
  rid: number,
  before: Doc,
  after: Doc,
  { bypassValidation, updater }: UpdateRequest,
): void {
  checkStorable(after)
  if (!bypassValidation) validate(collection.validator, after, before)
  target.replace(collection, rid, before, after, updater.kind === 'replacement')
}

function insertUpsert(target: WriteTarget, collection: Collection, request: UpdateRequest): Doc | undefined {
  const document = upsertDocument(request.filter.root, request.updater)
  checkStorable(document)
  if (!request.bypassValidation) validate(collection.validator, document, undefined)
  try {
    target.unit(() => {
      target.insert(collection, encode(document), document)
      request.remember?.(upsertOutcome(document))
    })
    return document
  } catch (error) {
    // A duplicate of the very key that was searched for means that another upsert came first.
    if (error instanceof MongoError && error.code === 11000 && retriesUpsert(request.filter, error))
      return undefined
    throw error
  }
}

/** MongoDB repeats an upsert when the query is an equality on exactly the unique index that was violated. */
function retriesUpsert(filter: ParsedFilter, error: MongoError): boolean {
  const pattern = error.extra?.get('keyPattern')
  const keyValue = error.extra?.get('keyValue')
  if (!(pattern instanceof Map) || !(keyValue instanceof Map)) return false
  const leaves = filter.root.kind === 'and' ? filter.root.of : [filter.root]
  const equalities = new Map<string, Value>()
  for (const f of leaves) if (f.kind === 'leaf' && f.op === '$eq') equalities.set(f.path, f.operand)
  if (leaves.length !== equalities.size || equalities.size !== pattern.size) return false
  return [...pattern.keys()].every(
    (path) => equalities.has(path) && identical(equalities.get(path), keyValue.get(path)),
  )
}

export interface DeleteRequest {
  readonly filter: ParsedFilter
  /** 0: all matches. */
  readonly limit: 0 | 1
  readonly sort?: readonly SortField[]
  readonly hint?: Value | undefined
  /** Called inside the unit that deletes the one document. */
  readonly remember?: (document: Doc) => void
}

export async function runDelete(
  target: WriteTarget,
  collection: Collection,
  request: DeleteRequest,
  op: Operation,
): Promise<{ deleted: number; document: Doc | undefined }> {
  let deleted = 0
  let last: Doc | undefined
  const remove = (rid: number): void => {
    const raw = target.read(collection, rid)
    if (!raw) return
    const document = decode(raw)
    if (!matches(request.filter.root, document)) return
    target.remove(collection, rid, document)
    deleted += 1
    last = document
    request.remember?.(document)
  }
  for (let attempt = 0; ; attempt++) {
    let found = false
    for await (const batch of find(target.view, collection, request, op)) {
      for (let i = 0; i < batch.length; i += CHUNK) {
        const chunk = batch.slice(i, i + CHUNK)
        target.unit(() => {
          for (const record of chunk) remove(record.rid)
        })
        found = true
        await op.pause()
      }
    }
    // A single delete whose document was changed meanwhile looks again.
    if (request.limit === 0 || deleted > 0 || !found || attempt > MAX_ATTEMPTS) break
  }
  return { deleted, document: last }
}
