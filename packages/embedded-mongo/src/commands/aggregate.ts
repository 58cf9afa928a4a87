import {
  type Batches,
  checkStages,
  hasOwnSource,
  type ParsedStage,
  type PipelineContext,
  parseStages,
  runPipeline,
  runStages,
} from '../aggregate/pipeline.ts'
import { outputNamespace } from '../aggregate/stages/output.ts'
import type { Action } from '../auth/roles.ts'
import { decode } from '../bson/decode.ts'
import { asInteger } from '../bson/types.ts'
import { type Doc, doc, isDoc, type Value } from '../bson/values.ts'
import { openChangeStream } from '../changes/stream.ts'
import { MongoError } from '../errors.ts'
import { type Command, collectionName, type Privilege, type Request, type RequestBase } from './command.ts'
import { explain } from './explain.ts'
import { contextFor, ownerOf } from './query-options.ts'

export const AGGREGATE_FIELDS = [
  'pipeline',
  'cursor',
  'explain',
  'allowDiskUse',
  'bypassDocumentValidation',
  'hint',
  'collation',
  'let',
  'fromMongos',
]

/** The pipeline with everything that a command says about it. */
export function pipelineContext(request: Request, collection: string | undefined): PipelineContext {
  const { services, db, op, args } = request
  return {
    query: contextFor(args, collection === undefined ? undefined : services.engine.find(db, collection)),
    engine: services.engine,
    view: request.view,
    target: () => request.target,
    bypassValidation: args.boolean('bypassDocumentValidation'),
    sessions: () => services.sessions.list(args.body, request.client.userName),
    db,
    op,
    depth: 0,
  }
}

/** Namespaces that a pipeline reads or writes beside its own collection. */
function foreign(list: readonly ParsedStage[], db: string): { db: string; actions: Action[] }[] {
  return list.flatMap(({ name, spec }) => {
    const out = outputNamespace(name, spec, db)
    return out && out.db !== db ? [{ db: out.db, actions: ['insert', 'update', 'remove'] as Action[] }] : []
  })
}

/** The whole deployment may be watched only by who may read all of it. */
function streamPrivilege(spec: Value): Privilege {
  if (isDoc(spec) && spec.get('allChangesForCluster') === true) return { server: 'anything' }
  return { actions: ['find', 'changeStream'] }
}

function privilege(request: RequestBase): Privilege {
  const pipeline = request.args.get('pipeline')
  const actions: Action[] = ['find']
  if (Array.isArray(pipeline)) {
    for (const stage of pipeline) {
      if (!isDoc(stage)) continue
      if (stage.has('$out') || stage.has('$merge')) actions.push('insert', 'update', 'remove')
      if (stage.has('$changeStream')) return streamPrivilege(stage.get('$changeStream')!)
    }
  }
  return { actions }
}

async function aggregate(request: Request): Promise<Doc> {
  const { args, services, db, op, client } = request
  const whole = args.get('aggregate')
  const name = typeof whole === 'string' ? collectionName(request) : undefined
  const pipeline = args.array('pipeline')
  const first = pipeline[0]
  if (isDoc(first) && first.has('$changeStream'))
    return changeStream(request, name, first.get('$changeStream')!, pipeline.slice(1))
  const list = checkStages(pipeline)
  if (name === undefined && !hasOwnSource(list)) {
    throw new MongoError(
      'InvalidNamespace',
      `{aggregate: 1} is not valid for '${list[0]?.name ?? 'an empty pipeline'}'; a collection is required.`,
    )
  }
  for (const other of foreign(list, db)) {
    if (!other.actions.every((a) => client.can(a, other.db)))
      throw new MongoError('Unauthorized', `not authorized on ${other.db} to execute command aggregate`)
  }
  const cursor = args.optionalDoc('cursor')
  if (args.boolean('explain')) return explain(request, 'queryPlanner')
  if (!cursor)
    throw new MongoError(
      'FailedToParse',
      "The 'cursor' option is required, except for aggregate with the explain argument",
    )
  for (const key of cursor?.keys() ?? [])
    if (key !== 'batchSize')
      throw new MongoError(40415, `BSON field 'aggregate.cursor.${key}' is an unknown field.`)
  refuseLinearizableOutput(request, list)
  const { output } = runPipeline(
    list,
    name === undefined ? undefined : services.engine.find(db, name),
    pipelineContext(request, name),
    args.get('hint'),
  )
  const ns = `${db}.${name ?? '$cmd.aggregate'}`
  const last = list.at(-1)?.name
  const writes = last === '$out' || last === '$merge'
  const size = cursor?.get('batchSize')
  return services.cursors.open(ns, output[Symbol.asyncIterator](), op, ownerOf(request), {
    batchSize: writes ? undefined : size === undefined ? undefined : naturalSize(size),
  })
}

const STREAM_STAGES = [
  '$match',
  '$project',
  '$addFields',
  '$set',
  '$unset',
  '$replaceRoot',
  '$replaceWith',
  '$redact',
]

/** Events without their token could not be resumed from. */
async function* withTokens(events: Batches): AsyncGenerator<Doc[]> {
  for await (const batch of events) {
    for (const event of batch) {
      if (isDoc(event.get('_id'))) continue
      throw new MongoError(
        'ChangeStreamFatalError',
        'Encountered an event whose _id field, which contains the resume token, was modified by the pipeline.',
        {
          labels: ['NonResumableChangeStreamError'],
        },
      )
    }
    yield batch
  }
}

function refuseLinearizableOutput({ args }: Request, list: readonly ParsedStage[]): void {
  const level = args.optionalDoc('readConcern')?.get('level')
  const last = list.at(-1)?.name
  if (level === 'linearizable' && (last === '$out' || last === '$merge'))
    throw new MongoError('InvalidOptions', `${last} cannot be used with a 'linearizable' read concern level`)
}

/** Opens a change stream; the stages after it work on its events. */
async function changeStream(
  request: Request,
  name: string | undefined,
  spec: Value,
  rest: Value[],
): Promise<Doc> {
  const { args, services, db, op } = request
  if (request.view !== services.engine.committed)
    throw new MongoError(
      'OperationNotSupportedInTransaction',
      '$changeStream cannot run within a multi-document transaction',
    )
  const list = checkStages(rest)
  for (const stage of list) {
    if (!STREAM_STAGES.includes(stage.name))
      throw new MongoError('IllegalOperation', `${stage.name} is not permitted in a $changeStream pipeline`)
  }
  const whole = isDoc(spec) && spec.get('allChangesForCluster') === true
  if (whole && (db !== 'admin' || name !== undefined))
    throw new MongoError('InvalidOptions', 'allChangesForCluster may only be used on the admin database')
  if (db === 'admin' && !whole)
    throw new MongoError('InvalidNamespace', '$changeStream may not be opened on the internal admin database')
  const ns = `${db}.${name ?? '$cmd.aggregate'}`
  const watched = { db: whole ? undefined : db, coll: name }
  let awaitMs = 1000
  const stream = openChangeStream(spec, watched, services.engine, services.changes, () => awaitMs)
  const output = withTokens(runStages(stream.events, parseStages(list, pipelineContext(request, undefined))))
  const size = args.optionalDoc('cursor')?.get('batchSize')
  return services.cursors.open(ns, output[Symbol.asyncIterator](), op, ownerOf(request), {
    batchSize: size === undefined ? undefined : naturalSize(size),
    endless: true,
    waits: (ms) => {
      awaitMs = ms
    },
    // Events that wait for the next batch are not to be skipped by who resumes here.
    extra: (last) => doc({ postBatchResumeToken: last ? decode(last).get('_id') : stream.resumeToken() }),
  })
}

function naturalSize(value: Parameters<typeof asInteger>[0]): number {
  const n = asInteger(value)
  if (n === undefined || n < 0)
    throw new MongoError('BadValue', 'cursor.batchSize must be a non-negative number')
  return n
}

export const aggregateCommands: Record<string, Command> = {
  aggregate: {
    fields: AGGREGATE_FIELDS,
    privilege,
    run: aggregate,
    inTransaction: true,
    readsSnapshots: true,
  },
}
