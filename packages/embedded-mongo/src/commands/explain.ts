/** explain: which plan a query takes, and with executionStats what it read. Nothing is ever changed. */
import {
  checkStages,
  collect,
  type PipelineContext,
  runPipeline,
  splitPrefix,
} from '../aggregate/pipeline.ts'
import { type Doc, doc, int, isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import { type FindRequest, find, planFind } from '../exec/find.ts'
import { Operation } from '../exec/operation.ts'
import { type Plan, rangesText } from '../plan/planner.ts'
import { parseFilter } from '../query/parse.ts'
import { sortSpec } from '../query/sort.ts'
import type { Collection } from '../storage/collection.ts'
import { AGGREGATE_FIELDS, pipelineContext } from './aggregate.ts'
import { Args, type Command, collectionName, GENERIC_FIELDS, type Request } from './command.ts'
import { VERSION } from './diagnostics.ts'
import { parseFind } from './find.ts'
import { contextFor } from './query-options.ts'

const EXPLAINABLE: Record<string, true> = {
  find: true,
  aggregate: true,
  count: true,
  distinct: true,
  update: true,
  delete: true,
  findAndModify: true,
}

function stageOf(plan: Plan, sort: boolean): Doc {
  const inner = access(plan)
  return sort && !plan.sorted ? doc({ stage: 'SORT', inputStage: inner }) : inner
}

function access(plan: Plan): Doc {
  if (plan.kind === 'collection')
    return doc({ stage: 'COLLSCAN', direction: plan.reverse ? 'backward' : 'forward' })
  if (plan.kind === 'union') {
    return doc({ stage: 'FETCH', inputStage: doc({ stage: 'OR', inputStages: plan.plans.map(indexStage) }) })
  }
  return doc({ stage: 'FETCH', inputStage: indexStage(plan) })
}

function indexStage(plan: Extract<Plan, { kind: 'index' }>): Doc {
  const { index } = plan
  return doc({
    stage: 'IXSCAN',
    keyPattern: index.spec.get('key')!,
    indexName: index.name,
    isMultiKey: index.multikey.some(Boolean),
    isUnique: index.unique,
    isSparse: index.sparse,
    isPartial: index.partial !== undefined,
    direction: plan.reverse ? 'backward' : 'forward',
    // Ranges of this server's binary keys, in hexadecimal.
    keyRanges: rangesText(plan.ranges),
  })
}

/** The query inside a write command. */
function writeQuery(
  name: string,
  body: Doc,
): { query: Doc; limit: number; sort: Value | undefined; hint: Value | undefined } {
  if (name === 'findAndModify') {
    const query = body.get('query')
    return { query: isDoc(query) ? query : doc(), limit: 1, sort: body.get('sort'), hint: body.get('hint') }
  }
  const list = body.get(name === 'update' ? 'updates' : 'deletes')
  const statement = Array.isArray(list) && list.length === 1 ? list[0] : undefined
  if (!isDoc(statement) || !isDoc(statement.get('q')))
    throw new MongoError('InvalidLength', 'explain takes exactly one write statement')
  const many =
    name === 'update'
      ? statement.get('multi') === true
      : !(Number((statement.get('limit') as { value?: number })?.value ?? statement.get('limit')) === 1)
  return {
    query: statement.get('q') as Doc,
    limit: many ? 0 : 1,
    sort: statement.get('sort'),
    hint: statement.get('hint'),
  }
}

function findRequestOf(request: Request, collection: Collection | undefined): FindRequest {
  const { name, args } = request
  if (name === 'find') return parseFind(request, collectionName(request)).findRequest
  const ctx = contextFor(args, collection)
  if (name === 'count' || name === 'distinct') {
    return { filter: parseFilter(args.optionalDoc('query') ?? doc(), ctx), hint: args.get('hint') }
  }
  const { query, limit, sort, hint } = writeQuery(name, args.body)
  return { filter: parseFilter(query, ctx), limit, sort: sortSpec(isDoc(sort) ? sort : undefined), hint }
}

async function explainCommand(outer: Request): Promise<Doc> {
  const body = outer.args.doc('explain')
  const verbosity = outer.args.optionalString('verbosity') ?? 'allPlansExecution'
  if (!['queryPlanner', 'executionStats', 'allPlansExecution'].includes(verbosity))
    throw new MongoError(
      'FailedToParse',
      `verbosity string must be one of {'queryPlanner', 'executionStats', 'allPlansExecution'}`,
    )
  const name = body.keys().next().value ?? ''
  if (!Object.hasOwn(EXPLAINABLE, name))
    throw new MongoError('CommandNotFound', `Explain failed due to unknown command: ${name}`)
  return explain({ ...outer, name, args: new Args(name, body) }, verbosity)
}

/** Explains `request`, whose name and arguments are those of the explained command. */
export async function explain(request: Request, verbosity: string): Promise<Doc> {
  const { services, db, name, args } = request
  const coll = collectionName(request)
  const collection = services.engine.find(db, coll)
  let findRequest: FindRequest
  let ctx: PipelineContext | undefined
  const stages = name === 'aggregate' ? checkStages(args.array('pipeline')) : []
  if (name === 'aggregate') {
    for (const key of args.body.keys())
      if (key !== name && !AGGREGATE_FIELDS.includes(key) && !GENERIC_FIELDS.has(key))
        throw new MongoError(40415, `BSON field 'aggregate.${key}' is an unknown field.`)
    ctx = pipelineContext(request, coll)
    findRequest = splitPrefix(stages, ctx.query, args.get('hint')).request
    if (stages.some((s) => s.name === '$out' || s.name === '$merge') && verbosity !== 'queryPlanner')
      throw new MongoError(
        'InvalidOptions',
        'explaining $out or $merge is possible with verbosity queryPlanner only',
      )
  } else findRequest = findRequestOf(request, collection)
  const plan = collection && planFind(request.view, collection, findRequest)
  const winningPlan = plan ? stageOf(plan, (findRequest.sort?.length ?? 0) > 0) : doc({ stage: 'EOF' })
  const queryPlanner = doc({
    namespace: `${db}.${coll}`,
    parsedQuery: findRequest.filter.source,
    winningPlan,
    rejectedPlans: [],
  })
  const out = doc({ explainVersion: '1', queryPlanner })
  if (stages.length > 0)
    out.set(
      'stages',
      stages.map((s) => doc({ [s.name]: s.spec })),
    )
  if (verbosity !== 'queryPlanner')
    out.set('executionStats', await measure(request, collection, findRequest, ctx, stages))
  out.set('command', args.body)
  out.set('serverInfo', doc({ version: VERSION, engine: 'sqlite' }))
  return out.set('ok', 1)
}

async function measure(
  request: Request,
  collection: Collection | undefined,
  findRequest: FindRequest,
  ctx: PipelineContext | undefined,
  stages: ReturnType<typeof checkStages>,
): Promise<Doc> {
  const op = new Operation()
  const started = performance.now()
  let returned = 0
  if (ctx)
    returned = (await collect(runPipeline(stages, collection, { ...ctx, op }, findRequest.hint).output))
      .length
  else if (collection)
    for await (const batch of find(request.view, collection, findRequest, op)) returned += batch.length
  return doc({
    executionSuccess: true,
    nReturned: int(returned),
    executionTimeMillis: int(Math.round(performance.now() - started)),
    totalKeysExamined: int(op.examined.keys),
    totalDocsExamined: int(op.examined.documents),
  })
}

export const explainCommands: Record<string, Command> = {
  explain: { fields: ['verbosity'], privilege: () => ({ actions: ['find'] }), run: explainCommand },
}
