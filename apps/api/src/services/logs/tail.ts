import type { inputs, LogEvent, LogLine } from '@lathe/shared'
import { type TrackedEnvelope, tracked } from '@trpc/server'
import type { z } from 'zod'
import { AsyncQueue } from '../../async-queue.ts'
import type { LogDoc } from '../../mongo/documents.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { logEntry } from './entry.ts'
import { levelFilter, levelsFrom } from './levels.ts'

const RECENT_LINES = 200
/** After a reconnect, lines that are caught up with. */
const MISSED_LINES = 2_000
/** Lines that wait for a reader who is slow; what comes beyond is counted instead. */
const WAITING_LINES = 5_000

type Input = z.infer<typeof inputs.logsTail>

/** The app's log: the last lines, or those since `lastEventId`, and from then on every line as it comes. */
export async function* tailLogs(
  request: SignedRequest,
  input: Input,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrackedEnvelope<LogEvent>, void> {
  const { logs, mongo } = request.context
  appOf(request, input.appid)
  const queue = new AsyncQueue<{ id: string; event: LogEvent }>()
  let dropped = 0
  let lastId = input.lastEventId ?? ''
  const unsubscribe = logs.subscribe(input.appid, {
    line(id, line) {
      if (!isWanted(line, input)) return
      if (queue.length >= WAITING_LINES) dropped++
      else queue.push({ id, event: { type: 'line', line } })
    },
    dropped(count) {
      queue.push({ id: '', event: { type: 'dropped', count } })
    },
  })
  const end = () => queue.end()
  signal?.addEventListener('abort', end)
  try {
    await logs.flush() // what came before the subscription is in the database then
    for (const doc of await stored(mongo, input)) {
      const { id, ...line } = logEntry(doc)
      lastId = id
      yield tracked(id, { type: 'line', line })
    }
    const caughtUp = lastId
    for await (const { id, event } of queue) {
      if (id !== '' && id <= caughtUp) continue // stood in the database already
      if (id !== '') lastId = id
      yield tracked(lastId || 'start', event)
      if (dropped > 0 && queue.length === 0) {
        yield tracked(lastId || 'start', { type: 'dropped', count: dropped })
        dropped = 0
      }
    }
  } finally {
    signal?.removeEventListener('abort', end)
    unsubscribe()
  }
}

function isWanted(line: LogLine, { functionName, level }: Input): boolean {
  if (functionName !== undefined && line.functionName !== functionName) return false
  return level === undefined || levelsFrom(level).includes(line.level)
}

async function stored(mongo: Mongo, { appid, functionName, level, lastEventId }: Input): Promise<LogDoc[]> {
  const filter = {
    appid,
    ...(functionName === undefined ? {} : { functionName }),
    ...levelFilter(level),
  }
  if (lastEventId && /^[0-9a-f]{24}$/.test(lastEventId)) {
    return mongo.logs
      .find({ ...filter, _id: { $gt: lastEventId } })
      .sort({ _id: 1 })
      .limit(MISSED_LINES)
      .toArray()
  }
  const newest = await mongo.logs.find(filter).sort({ _id: -1 }).limit(RECENT_LINES).toArray()
  return newest.reverse()
}
