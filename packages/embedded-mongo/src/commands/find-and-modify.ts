import { type Doc, doc, int } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import { runDelete, runUpdate, type UpdateOutcome } from '../exec/update.ts'
import { matches } from '../query/filter.ts'
import { parseFilter } from '../query/parse.ts'
import type { MatchState } from '../query/path.ts'
import { type Projection, parseProjection } from '../query/projection.ts'
import { sortSpec } from '../query/sort.ts'
import { parseUpdate } from '../update/parse-update.ts'
import { type Command, collectionName, type Request } from './command.ts'
import { contextFor } from './query-options.ts'

const FIELDS = [
  'query',
  'sort',
  'remove',
  'update',
  'new',
  'fields',
  'upsert',
  'bypassDocumentValidation',
  'collation',
  'arrayFilters',
  'hint',
  'let',
]

function reply(value: Doc | null, last: Doc): Doc {
  return doc({ lastErrorObject: last, value, ok: 1 })
}

async function findAndModify(request: Request): Promise<Doc> {
  const { args, op, target, services, db } = request
  const name = collectionName(request)
  const remove = args.boolean('remove')
  const upsert = args.boolean('upsert')
  if (remove && args.has('update'))
    throw new MongoError('FailedToParse', 'Cannot specify both an update and remove=true')
  if (remove && upsert)
    throw new MongoError('FailedToParse', 'Cannot specify both upsert=true and remove=true')
  if (remove && args.boolean('new'))
    throw new MongoError(
      'FailedToParse',
      "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
    )
  if (!remove && !args.has('update'))
    throw new MongoError('FailedToParse', 'Either an update or remove=true must be specified')
  const existing = services.engine.find(db, name)
  const ctx = contextFor(args, existing)
  const filter = parseFilter(args.optionalDoc('query') ?? doc(), ctx)
  const sort = sortSpec(args.optionalDoc('sort'))
  const fields = args.optionalDoc('fields')
  const projection = fields ? parseProjection(fields, ctx, 'find') : undefined
  const show = (document: Doc | undefined) => projected(document, projection, filter.root)
  const past = request.retry.document(0)
  if (past) return past
  const deletedReply = (document: Doc | undefined, n: number) => reply(show(document), doc({ n: int(n) }))
  if (remove) {
    const result = existing
      ? await runDelete(
          target,
          existing,
          {
            filter,
            limit: 1,
            sort,
            hint: args.get('hint'),
            remember: (document) => request.retry.rememberDocument(0, deletedReply(document, 1)),
          },
          op,
        )
      : { deleted: 0, document: undefined }
    await target.durable()
    return deletedReply(result.document, result.deleted)
  }
  const updater = parseUpdate(args.get('update'), args.get('arrayFilters'), ctx)
  const collection = existing ?? (upsert ? request.ensure(name) : undefined)
  if (!collection) return reply(null, doc({ n: int(0), updatedExisting: false }))
  const answerTo = (outcome: UpdateOutcome) =>
    reply(
      show(args.boolean('new') ? outcome.after : outcome.before),
      doc({
        n: int(outcome.upserted !== undefined ? 1 : outcome.matched),
        updatedExisting: outcome.matched > 0,
        upserted: outcome.upserted,
      }),
    )
  const outcome = await runUpdate(
    target,
    collection,
    {
      filter,
      updater,
      multi: false,
      upsert,
      sort,
      hint: args.get('hint'),
      bypassValidation: args.boolean('bypassDocumentValidation'),
      remember: (result) => request.retry.rememberDocument(0, answerTo(result)),
    },
    op,
  )
  await target.durable()
  return answerTo(outcome)
}

function projected(
  document: Doc | undefined,
  projection: Projection | undefined,
  filter: Parameters<typeof matches>[0],
): Doc | null {
  if (!document) return null
  if (!projection) return document
  const state: MatchState = { position: undefined }
  matches(filter, document, state)
  return projection(document, state.position)
}

const command: Command = {
  fields: FIELDS,
  privilege: ({ args }) => ({
    actions: args.boolean('remove')
      ? ['find', 'remove']
      : args.boolean('upsert')
        ? ['find', 'update', 'insert']
        : ['find', 'update'],
  }),
  run: findAndModify,
  inTransaction: true,
}

export const findAndModifyCommands: Record<string, Command> = {
  findAndModify: command,
  findandmodify: command,
}
