/** Parses and runs aggregation pipelines. Stages pass documents on in batches. */
import { decode, decodeFields } from '../bson/decode.ts'
import { asInteger } from '../bson/types.ts'
import { type Doc, doc, isDoc, type Value } from '../bson/values.ts'
import { MongoError, notSupported, searchNotEnabled } from '../errors.ts'
import { type FindRequest, find, planFind } from '../exec/find.ts'
import type { Operation } from '../exec/operation.ts'
import type { WriteTarget } from '../exec/target.ts'
import type { View } from '../exec/view.ts'
import type { Plan } from '../plan/planner.ts'
import type { QueryContext } from '../query/context.ts'
import { parseFilter } from '../query/parse.ts'
import { sortSpec } from '../query/sort.ts'
import type { Collection } from '../storage/collection.ts'
import type { Engine } from '../storage/engine.ts'
import { collStats } from './stages/coll-stats.ts'
import { stages } from './stages/registry.ts'

export type Batches = AsyncIterable<Doc[]>

/** What stages run with. */
export interface PipelineContext {
  readonly query: QueryContext
  readonly engine: Engine
  readonly view: View
  /** Makes the target of `$out` and `$merge`; only there when the command may write. */
  readonly target: (() => WriteTarget) | undefined
  /** Whether `$out` and `$merge` leave the validators of collections out. */
  readonly bypassValidation?: boolean
  /** The user's sessions, for `$listLocalSessions`. */
  readonly sessions?: () => Doc[]
  readonly db: string
  readonly op: Operation
  /** How deep in `$lookup`, `$facet` and `$unionWith` this pipeline is. */
  readonly depth: number
}

export interface Stage {
  run(input: Batches): Batches
  /** Top-level fields that this stage reads of its input, when what follows sees none of the others. */
  readonly roots?: ReadonlySet<string> | undefined
  /** Must be the last one. */
  readonly last?: boolean
}
export type StageParser = (spec: Value, ctx: PipelineContext) => Stage

const FIRST_ONLY = new Set([
  '$indexStats',
  '$currentOp',
  '$listSessions',
  '$changeStream',
  '$changeStreamSplitLargeEvent',
  '$documents',
  '$geoNear',
  '$search',
  '$searchMeta',
  '$vectorSearch',
  '$planCacheStats',
  '$queryStats',
])

export interface ParsedStage {
  readonly name: string
  readonly spec: Value
}

/** Checks the shape of a pipeline: each stage an object with one known name. */
export function checkStages(pipeline: Value[]): ParsedStage[] {
  return pipeline.map((stage, i) => {
    if (!isDoc(stage))
      throw new MongoError('TypeMismatch', "Each element of the 'pipeline' array must be an object")
    if (stage.size !== 1)
      throw new MongoError(40323, 'A pipeline stage specification object must contain exactly one field.')
    const [name, spec] = [...stage][0]!
    if (name === '$collStats' && i === 0) return { name, spec }
    if (!Object.hasOwn(stages, name)) {
      if (name === '$listSearchIndexes') throw searchNotEnabled()
      if (FIRST_ONLY.has(name) || name === '$densify' || name === '$fill') throw notSupported(`stage ${name}`)
      throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`)
    }
    if ((name === '$out' || name === '$merge') && i !== pipeline.length - 1) {
      throw new MongoError(40601, `${name} can only be the final stage in the pipeline`)
    }
    return { name, spec }
  })
}

export const MAX_PIPELINE_DEPTH = 20

export function parseStages(list: readonly ParsedStage[], ctx: PipelineContext): Stage[] {
  if (ctx.depth > MAX_PIPELINE_DEPTH)
    throw new MongoError('Overflow', 'Maximum number of nested sub-pipelines exceeded')
  return list.map(({ name, spec }) => stages[name]!(spec, ctx))
}

export function runStages(input: Batches, list: readonly Stage[]): Batches {
  return list.reduce((source, stage) => stage.run(source), input)
}

/** The part of a pipeline that the storage can do: leading `$match`es, then `$sort`, `$skip` and `$limit`. */
export interface Prefix {
  readonly request: FindRequest
  readonly rest: readonly ParsedStage[]
}

export function splitPrefix(
  list: readonly ParsedStage[],
  ctx: QueryContext,
  hint: Value | undefined,
): Prefix {
  const filters: Doc[] = []
  let at = 0
  while (list[at]?.name === '$match') {
    const { spec } = list[at]!
    if (!isDoc(spec)) throw new MongoError(15959, 'the match filter must be an expression in an object')
    filters.push(spec)
    at += 1
  }
  const source = filters.length === 1 ? filters[0]! : filters.length === 0 ? doc() : doc({ $and: filters })
  const request: { -readonly [K in keyof FindRequest]: FindRequest[K] } = {
    filter: parseFilter(source, ctx),
    hint,
  }
  if (list[at]?.name === '$sort' && isDoc(list[at]!.spec) && (list[at]!.spec as Doc).size > 0) {
    request.sort = sortSpec(list[at]!.spec)
    at += 1
  }
  if (list[at]?.name === '$skip') {
    const n = asInteger(list[at]!.spec)
    if (n !== undefined && n >= 0) {
      request.skip = n
      at += 1
    }
  }
  if (list[at]?.name === '$limit') {
    const n = asInteger(list[at]!.spec)
    if (n !== undefined && n > 0) {
      request.limit = n
      at += 1
    }
  }
  return { request, rest: list.slice(at) }
}

async function* source(
  collection: Collection,
  request: FindRequest,
  ctx: PipelineContext,
  roots: ReadonlySet<string> | undefined,
  chosen: Plan,
): Batches {
  for await (const batch of find(ctx.view, collection, request, ctx.op, chosen)) {
    yield batch.map((r) => (roots && roots.size > 0 ? decodeFields(r.raw, roots) : decode(r.raw)))
    await ctx.op.pause()
  }
}

async function* nothing(): Batches {}

/** Runs a pipeline over a collection; undefined collections are empty. */
export function runPipeline(
  list: readonly ParsedStage[],
  collection: Collection | undefined,
  ctx: PipelineContext,
  hint?: Value,
): { output: Batches; plan: Plan | undefined } {
  if (hasOwnSource(list)) {
    return { output: runStages(nothing(), parseStages(list, ctx)), plan: undefined }
  }
  if (list[0]?.name === '$collStats') {
    const stats = collStats(list[0].spec, collection, ctx)
    return { output: runStages(stats, parseStages(list.slice(1), ctx)), plan: undefined }
  }
  const { request, rest } = splitPrefix(list, ctx.query, hint)
  const parsed = parseStages(rest, ctx)
  if (!collection) return { output: runStages(nothing(), parsed), plan: undefined }
  const chosen = planFind(ctx.view, collection, request)
  return {
    output: runStages(source(collection, request, ctx, parsed[0]?.roots, chosen), parsed),
    plan: chosen,
  }
}

/** Whether a pipeline begins with documents of its own making instead of a collection's. */
export function hasOwnSource([first]: readonly ParsedStage[]): boolean {
  return first?.name === '$documents' || first?.name === '$listLocalSessions'
}

export async function collect(input: Batches): Promise<Doc[]> {
  const out: Doc[] = []
  for await (const batch of input) for (const d of batch) out.push(d)
  return out
}
