import type { LogPage, observeInputs } from '@lathe/shared'
import type { z } from 'zod'
import { idRange, timeRange } from '../../logs/order.ts'
import type { LogDoc } from '../../mongo/documents.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { logEntry } from './entry.ts'
import { levelFilter } from './levels.ts'
import { type Matcher, matcherOf } from './matcher.ts'

/** How much of the log one call looks through. Who wants more goes on with the cursor. */
const SEARCH_LINES = 40_000
const SEARCH_MS = 1_500
const BATCH_LINES = 2_000

type Input = z.infer<typeof observeInputs.logsQuery>

/** Stored lines, the newest first. */
export async function queryLogs(request: SignedRequest, input: Input): Promise<LogPage> {
  appOf(request, input.appid)
  const { mongo, logs } = request.context
  if (input.cursor === undefined) await logs.flush()
  if (input.text === undefined) return page(mongo, input)
  await using matcher = matcherOf(input.text, input.regex)
  return await search(mongo, input, matcher) // the matcher is needed until then
}

async function page(mongo: Mongo, input: Input): Promise<LogPage> {
  const found = await read(mongo, input, input.cursor, input.limit + 1)
  const lines = found.slice(0, input.limit)
  const last = lines.at(-1)
  return {
    lines: lines.map(logEntry),
    cursor: found.length > input.limit && last ? last._id : null,
    searchedTo: last ? last.at.toISOString() : null,
    searched: lines.length,
  }
}

async function search(mongo: Mongo, input: Input, matcher: Matcher): Promise<LogPage> {
  const until = performance.now() + SEARCH_MS
  const lines: LogDoc[] = []
  let searched = 0
  let last: LogDoc | undefined
  for (;;) {
    const batch = await read(mongo, input, last?._id ?? input.cursor, BATCH_LINES)
    const hits = await matcher.match(batch.map(({ text }) => text))
    for (const [index, doc] of batch.entries()) {
      last = doc
      searched++
      if (hits.has(index)) lines.push(doc)
      if (lines.length === input.limit) break
    }
    const isEnd = batch.length < BATCH_LINES && last === batch.at(-1)
    const isEnough = lines.length === input.limit || searched >= SEARCH_LINES || performance.now() >= until
    if (!isEnd && !isEnough) continue
    return {
      lines: lines.map(logEntry),
      cursor: isEnd || !last ? null : last._id,
      searchedTo: last ? last.at.toISOString() : null,
      searched,
    }
  }
}

function read(mongo: Mongo, input: Input, cursor: string | undefined, limit: number): Promise<LogDoc[]> {
  const { appid, functionName, level, requestId, from, to, upTo } = input
  const range = { ...idRange(from, to, cursor), ...(upTo === undefined ? {} : { $lte: upTo }) }
  return mongo.logs
    .find({
      appid,
      ...(requestId === undefined ? {} : { requestId }),
      ...(functionName === undefined ? {} : { functionName }),
      ...levelFilter(level),
      ...(Object.keys(range).length > 0 ? { _id: range } : {}),
      ...timeRange(from, to),
    })
    .sort({ _id: -1 })
    .limit(limit)
    .batchSize(limit)
    .toArray()
}
