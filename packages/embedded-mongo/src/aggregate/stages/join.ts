/** `$lookup`, `$unionWith`, `$facet`. */

import { keyText } from '../../bson/key.ts'
import { type Doc, doc, isDoc, Regex, type Value } from '../../bson/values.ts'
import { MongoError, notSupported } from '../../errors.ts'
import { planFind } from '../../exec/find.ts'
import { MemoryBudget } from '../../exec/operation.ts'
import { queryContext } from '../../query/context.ts'
import { parseFilter } from '../../query/parse.ts'
import { valuesAtPath } from '../../query/path.ts'
import { roughSize } from '../accumulators.ts'
import { compileExpression } from '../expression.ts'
import { checkVariable } from '../expressions/mapping.ts'
import type { Run } from '../operator.ts'
import {
  type Batches,
  checkStages,
  collect,
  type ParsedStage,
  type PipelineContext,
  parseStages,
  runPipeline,
  runStages,
  type Stage,
  type StageParser,
} from '../pipeline.ts'

function subPipeline(value: Value | undefined, stage: string): ParsedStage[] {
  if (!Array.isArray(value))
    throw new MongoError('TypeMismatch', `${stage} argument 'pipeline' must be an array`)
  const list = checkStages(value)
  for (const { name } of list) {
    if (name === '$out' || name === '$merge')
      throw new MongoError(51047, `${name} is not allowed within a ${stage}'s sub-pipeline`)
  }
  return list
}

/** A value of the local field as a query on the foreign one: arrays match by any element, missing matches null. */
function lookupFilter(foreign: string, values: readonly Value[]): Doc {
  const flat = values.flatMap((v) => (Array.isArray(v) ? v : [v]))
  if (flat.length === 0) return doc({ [foreign]: doc({ $eq: null }) })
  if (flat.some((v) => v instanceof Regex))
    return doc({ $or: flat.map((v) => doc({ [foreign]: doc({ $eq: v }) })) })
  return doc({ [foreign]: doc({ $in: flat }) })
}

const lookup: StageParser = (spec, ctx) => {
  if (!isDoc(spec)) throw new MongoError('FailedToParse', 'the $lookup specification must be an Object')
  for (const key of spec.keys()) {
    if (!['from', 'localField', 'foreignField', 'as', 'let', 'pipeline'].includes(key))
      throw new MongoError('FailedToParse', `unknown argument to $lookup: ${key}`)
  }
  const from = spec.get('from')
  const as = spec.get('as')
  const local = spec.get('localField')
  const foreign = spec.get('foreignField')
  if (isDoc(from)) throw notSupported('$lookup from another database')
  if (typeof as !== 'string') throw new MongoError('FailedToParse', "must specify 'as' field for a $lookup")
  if ((local === undefined) !== (foreign === undefined))
    throw new MongoError(
      'FailedToParse',
      '$lookup requires both or neither of localField and foreignField to be specified',
    )
  if (local === undefined && !spec.has('pipeline'))
    throw new MongoError(
      'FailedToParse',
      "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified",
    )
  const list = spec.has('pipeline') ? subPipeline(spec.get('pipeline'), '$lookup') : []
  const noSource = list[0]?.name === '$documents'
  if (typeof from !== 'string' && !noSource)
    throw new MongoError('FailedToParse', "must specify 'from' field for a $lookup")
  const vars = letVariables(spec.get('let'), ctx)
  // Parsed once without values, so that mistakes show even when no document comes.
  const names = new Map<string, Value>([
    ...ctx.query.vars,
    ...vars.map(([name]): [string, Value] => [name, null]),
  ])
  parseStages(list, inner(ctx, names))
  const join: Join = {
    ctx,
    from: from as string | undefined,
    local: local as string | undefined,
    foreign: foreign as string | undefined,
    list,
    vars,
  }
  return {
    async *run(input) {
      const hashed = await hashJoin(join)
      for await (const batch of input) {
        const out: Doc[] = []
        for (const document of batch) {
          const found = hashed ? hashed(document) : await joined(join, document)
          out.push(setPath(document, as, found))
          await ctx.op.pause()
        }
        yield out
      }
    },
  }
}

interface Join {
  readonly ctx: PipelineContext
  readonly from: string | undefined
  readonly local: string | undefined
  readonly foreign: string | undefined
  readonly list: readonly ParsedStage[]
  readonly vars: readonly (readonly [string, Run])[]
}

function inner(ctx: PipelineContext, vars: ReadonlyMap<string, Value>): PipelineContext {
  return {
    ...ctx,
    target: undefined,
    depth: ctx.depth + 1,
    query: queryContext(ctx.query.collation, vars, ctx.query.now),
  }
}

function letVariables(value: Value | undefined, ctx: PipelineContext): (readonly [string, Run])[] {
  if (value === undefined) return []
  if (!isDoc(value)) throw new MongoError('FailedToParse', "$lookup argument 'let' must be an object")
  return [...value].map(([name, v]) => [checkVariable(name), compileExpression(v, ctx.query).run] as const)
}

function localValues(document: Doc, path: string): Value[] {
  const out: Value[] = []
  valuesAtPath(document, path.split('.'), 0, out)
  return out
}

async function joined({ ctx, from, local, foreign, list, vars }: Join, document: Doc): Promise<Doc[]> {
  const scope = new Map(ctx.query.vars)
  for (const [name, run] of vars) {
    const v = run({ root: document, vars: ctx.query.vars })
    if (v === undefined) scope.delete(name)
    else scope.set(name, v)
    // A variable whose field is missing is still defined.
    if (v === undefined) scope.set(name, null)
  }
  const stages = [...list]
  if (local !== undefined)
    stages.unshift({ name: '$match', spec: lookupFilter(foreign!, localValues(document, local)) })
  const collection = from === undefined ? undefined : ctx.engine.find(ctx.db, from)
  const found = await collect(runPipeline(stages, collection, inner(ctx, scope)).output)
  const budget = new MemoryBudget('$lookup')
  for (const d of found) budget.add(roughSize(d))
  return found
}

/** Without an index on the foreign field, the foreign collection is read once instead of once per document. */
async function hashJoin({
  ctx,
  from,
  local,
  foreign,
  list,
}: Join): Promise<((document: Doc) => Doc[]) | undefined> {
  if (local === undefined || from === undefined || list.length > 0 || ctx.query.collation) return undefined
  const collection = ctx.engine.find(ctx.db, from)
  if (!collection) return () => []
  const probe = parseFilter(lookupFilter(foreign!, ['probe']), ctx.query)
  if (planFind(ctx.view, collection, { filter: probe }).kind !== 'collection') return undefined
  const table = new Map<string, { order: number; document: Doc }[]>()
  const budget = new MemoryBudget('$lookup')
  let order = 0
  for await (const batch of runPipeline([], collection, inner(ctx, ctx.query.vars)).output) {
    for (const document of batch) {
      budget.add(roughSize(document))
      const entry = { order: order++, document }
      for (const key of new Set(foreignKeys(document, foreign!).map(keyText))) {
        const list_ = table.get(key)
        if (list_) list_.push(entry)
        else table.set(key, [entry])
      }
    }
    await ctx.op.pause()
  }
  return (document) => {
    const values = localValues(document, local).flatMap((v) => (Array.isArray(v) ? v : [v]))
    const found = new Map<number, Doc>()
    for (const v of values.length === 0 ? [null] : values) {
      for (const entry of table.get(keyText(v)) ?? []) found.set(entry.order, entry.document)
    }
    return [...found].sort(([a], [b]) => a - b).map(([, d]) => d)
  }
}

/** All values by which an equality query on the path would find the document. */
function foreignKeys(document: Doc, path: string): (Value | undefined)[] {
  const parts = path.split('.')
  const out: (Value | undefined)[] = []
  const collectAt = (value: Value | undefined, at: number): void => {
    if (at === parts.length) {
      if (Array.isArray(value)) out.push(...value)
      out.push(value)
    } else if (isDoc(value)) collectAt(value.get(parts[at]!), at + 1)
    else if (Array.isArray(value)) {
      for (const element of value) if (isDoc(element)) collectAt(element, at)
      if (/^\d+$/.test(parts[at]!) && Number(parts[at]) < value.length)
        collectAt(value[Number(parts[at])], at + 1)
    } else out.push(undefined)
  }
  collectAt(document, 0)
  return out
}

export function setPath(document: Doc, path: string, value: Value): Doc {
  const out = new Map(document)
  const dot = path.indexOf('.')
  if (dot < 0) {
    out.set(path, value)
    return out
  }
  const child = out.get(path.slice(0, dot))
  out.set(path.slice(0, dot), setPath(isDoc(child) ? child : new Map(), path.slice(dot + 1), value))
  return out
}

const unionWith: StageParser = (spec, ctx) => {
  const options = typeof spec === 'string' ? doc({ coll: spec }) : spec
  if (!isDoc(options))
    throw new MongoError('FailedToParse', 'the $unionWith stage specification must be an object or string')
  for (const key of options.keys())
    if (key !== 'coll' && key !== 'pipeline')
      throw new MongoError(40415, `BSON field '$unionWith.${key}' is an unknown field.`)
  const coll = options.get('coll')
  const list = options.has('pipeline') ? subPipeline(options.get('pipeline'), '$unionWith') : []
  if (typeof coll !== 'string' && list[0]?.name !== '$documents')
    throw new MongoError('FailedToParse', "$unionWith requires 'coll'")
  const sub = inner(ctx, ctx.query.vars)
  parseStages(list, sub)
  return {
    async *run(input) {
      yield* input
      const collection = typeof coll === 'string' ? ctx.engine.find(ctx.db, coll) : undefined
      yield* runPipeline(list, collection, sub).output
    },
  }
}

const facet: StageParser = (spec, ctx): Stage => {
  if (!isDoc(spec) || spec.size === 0)
    throw new MongoError(40169, 'the $facet specification must be a non-empty object')
  const sub = inner(ctx, ctx.query.vars)
  const facets = [...spec].map(([name, value]) => {
    if (!Array.isArray(value))
      throw new MongoError(40170, `arguments to $facet must be arrays, ${name} is not`)
    const list = checkStages(value)
    for (const stage of list) {
      if (['$facet', '$out', '$merge', '$documents'].includes(stage.name))
        throw new MongoError(40600, `${stage.name} is not allowed to be used within a $facet stage`)
    }
    return [name, parseStages(list, sub)] as const
  })
  return {
    async *run(input) {
      const budget = new MemoryBudget('$facet')
      const all: Doc[][] = []
      for await (const batch of input) {
        for (const d of batch) budget.add(roughSize(d))
        all.push(batch)
        await ctx.op.pause()
      }
      const replay = async function* (): Batches {
        for (const batch of all) {
          yield batch
          await ctx.op.pause()
        }
      }
      const out: Doc = new Map()
      for (const [name, stages] of facets) out.set(name, await collect(runStages(replay(), stages)))
      yield [out]
    },
  }
}

export const joinStages: Record<string, StageParser> = {
  $lookup: lookup,
  $unionWith: unionWith,
  $facet: facet,
}
