/** `$out` and `$merge`. */
import { randomBytes } from 'node:crypto'
import { encode } from '../../bson/encode.ts'
import { type Doc, doc, int, isDoc, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { runUpdate } from '../../exec/update.ts'
import { queryContext } from '../../query/context.ts'
import { parseFilter } from '../../query/parse.ts'
import { getPath } from '../../query/path.ts'
import type { Collection } from '../../storage/collection.ts'
import { buildIndexes } from '../../storage/index-build.ts'
import { validate } from '../../storage/validator.ts'
import { parseUpdate } from '../../update/parse-update.ts'
import { checkStorable, withId } from '../../update/storable.ts'
import type { PipelineContext, StageParser } from '../pipeline.ts'

interface Namespace {
  readonly db: string
  readonly coll: string
}

function namespaceOf(value: Value | undefined, ctx: PipelineContext, stage: string): Namespace {
  if (typeof value === 'string') return { db: ctx.db, coll: value }
  if (
    isDoc(value) &&
    typeof value.get('db') === 'string' &&
    typeof value.get('coll') === 'string' &&
    value.size === 2
  ) {
    return { db: value.get('db') as string, coll: value.get('coll') as string }
  }
  throw new MongoError(16990, `${stage} only supports a string or object argument with 'db' and 'coll'`)
}

/** The namespaces that a pipeline writes to, for the check of privileges. */
export function outputNamespace(name: string, spec: Value, db: string): Namespace | undefined {
  if (name !== '$out' && name !== '$merge') return undefined
  const value = name === '$merge' && isDoc(spec) ? spec.get('into') : spec
  if (typeof value === 'string') return { db, coll: value }
  if (isDoc(value)) return { db: String(value.get('db') ?? db), coll: String(value.get('coll')) }
  return undefined
}

const out: StageParser = (spec, ctx) => {
  const into = namespaceOf(spec, ctx, '$out')
  return {
    last: true,
    async *run(input) {
      const target = needTarget(ctx)
      const old = ctx.engine.find(into.db, into.coll)
      // Written beside the old collection and put in its place at the end.
      const fresh = ctx.engine.create(
        into.db,
        `tmp.agg_out.${randomBytes(6).toString('hex')}`,
        old?.options ?? doc(),
      )
      try {
        const indexes = old?.readyIndexes.slice(1).map((i) => i.spec) ?? []
        if (indexes.length > 0) await buildIndexes(ctx.engine, fresh, indexes, ctx.op)
        for await (const batch of input) {
          target.unit(() => {
            for (const d of batch) insert(target, fresh, d, ctx)
          })
          await ctx.op.pause()
        }
        await target.durable()
        ctx.engine.rename(fresh, into.db, into.coll, ctx.engine.find(into.db, into.coll))
      } catch (error) {
        if (ctx.engine.find(fresh.db, fresh.name) === fresh) ctx.engine.drop(fresh)
        throw error
      }
      yield []
    },
  }
}

type Target = ReturnType<NonNullable<PipelineContext['target']>>

function needTarget(ctx: PipelineContext): Target {
  if (!ctx.target) throw new MongoError('InvalidOptions', 'this pipeline may not write')
  return ctx.target()
}

function insert(target: Target, collection: Collection, document: Doc, ctx: PipelineContext): void {
  const stored = withId(document)
  checkStorable(stored)
  if (!ctx.bypassValidation) validate(collection.validator, stored, undefined)
  target.insert(collection, encode(stored), stored)
}

const WHEN_MATCHED = ['replace', 'keepExisting', 'merge', 'fail']

const merge: StageParser = (spec, ctx) => {
  const options = typeof spec === 'string' ? doc({ into: spec }) : spec
  if (!isDoc(options)) throw new MongoError(51182, '$merge requires a string or object argument')
  for (const key of options.keys())
    if (!['into', 'on', 'let', 'whenMatched', 'whenNotMatched'].includes(key))
      throw new MongoError(40415, `BSON field '$merge.${key}' is an unknown field.`)
  const into = namespaceOf(options.get('into'), ctx, '$merge')
  const on = options.get('on') ?? '_id'
  const fields = (Array.isArray(on) ? on : [on]) as string[]
  const matched = options.get('whenMatched') ?? 'merge'
  const notMatched = options.get('whenNotMatched') ?? 'insert'
  if (!Array.isArray(matched) && !WHEN_MATCHED.includes(matched as string))
    throw new MongoError(51191, 'unknown whenMatched mode')
  if (!['insert', 'discard', 'fail'].includes(notMatched as string))
    throw new MongoError(51190, 'unknown whenNotMatched mode')
  if (options.has('let'))
    throw new MongoError('NotImplemented', "$merge with 'let' is not supported by the embedded database")
  return {
    last: true,
    async *run(input) {
      const target = needTarget(ctx)
      const collection = ctx.engine.ensure(into.db, into.coll)
      checkUniqueIndex(collection, fields)
      for await (const batch of input)
        for (const d of batch)
          await mergeOne(target, collection, d, fields, matched, notMatched as string, ctx)
      await target.durable()
      yield []
    },
  }
}

function checkUniqueIndex(collection: Collection, fields: readonly string[]): void {
  const wanted = [...fields].sort().join()
  const found = collection.readyIndexes.some(
    (i) =>
      i.unique &&
      !i.partial &&
      !i.sparse &&
      i.fields
        .map((f) => f.path)
        .sort()
        .join() === wanted,
  )
  if (!found) throw new MongoError(51183, 'Cannot find index to verify that join fields will be unique')
}

async function mergeOne(
  target: Target,
  collection: Collection,
  source: Doc,
  on: readonly string[],
  matched: Value,
  notMatched: string,
  ctx: PipelineContext,
): Promise<void> {
  const document = withId(source)
  const query = doc()
  for (const path of on) {
    const v = getPath(document, path)
    if (v === undefined || v === null || Array.isArray(v))
      throw new MongoError(
        51132,
        "$merge write error: 'on' field cannot be missing, null, undefined or an array",
      )
    query.set(path, v)
  }
  const q = queryContext(undefined, new Map([...ctx.query.vars, ['new', document]]), ctx.query.now)
  const withoutId = new Map(document)
  if (!on.includes('_id')) withoutId.delete('_id')
  const update: Value = Array.isArray(matched)
    ? matched
    : matched === 'replace'
      ? withoutId
      : matched === 'merge'
        ? doc({ $set: withoutId })
        : doc({ $setOnInsert: document })
  const request = {
    filter: parseFilter(query, q),
    updater: parseUpdate(update, undefined, q),
    multi: false,
    upsert: false,
    bypassValidation: ctx.bypassValidation === true,
  }
  const result = await runUpdate(target, collection, request, ctx.op)
  if (result.matched > 0) {
    if (matched === 'fail')
      throw new MongoError('DuplicateKey', `E11000 duplicate key error collection: ${collection.ns}`, {
        extra: doc({ keyPattern: new Map([...query.keys()].map((path) => [path, int(1)])), keyValue: query }),
      })
    return
  }
  if (notMatched === 'fail')
    throw new MongoError(
      13113,
      '$merge could not find a matching document in the target collection for at least one document in the source collection',
    )
  if (notMatched === 'insert') target.unit(() => insert(target, collection, document, ctx))
}

export const outputStages: Record<string, StageParser> = { $out: out, $merge: merge }
