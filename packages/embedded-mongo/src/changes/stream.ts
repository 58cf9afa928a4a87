/** `$changeStream`: an endless cursor over the log of changes, with resume tokens. */
import { decode } from '../bson/decode.ts'
import { valueKey } from '../bson/key.ts'
import { type Doc, doc, isDoc, Timestamp, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { Engine } from '../storage/engine.ts'
import { lookup, readRecord } from '../storage/records.ts'
import type { ChangeLog, LogEntry } from './log.ts'
import type { DefinitionType } from './recorder.ts'

/** What a stream watches: one collection, one database, or (neither) the whole deployment. */
export interface Watched {
  readonly db: string | undefined
  readonly coll: string | undefined
}

interface Options {
  readonly fullDocument: string
  readonly before: string
  /** `showExpandedEvents` */
  readonly expanded: boolean
  readonly start: number
}

const KNOWN = [
  'resumeAfter',
  'startAfter',
  'startAtOperationTime',
  'fullDocument',
  'fullDocumentBeforeChange',
  'allChangesForCluster',
  'showExpandedEvents',
]
const FULL = ['default', 'updateLookup', 'whenAvailable', 'required']
const BEFORE = ['off', 'whenAvailable', 'required']

export function token(seq: number): Doc {
  return doc({ _data: seq.toString(16).padStart(16, '0').toUpperCase() })
}

function seqOf(value: Value): number {
  const data = isDoc(value) ? value.get('_data') : undefined
  if (typeof data !== 'string' || !/^[0-9A-F]{16}$/.test(data))
    throw new MongoError('InvalidResumeToken', 'the resume token is not one of this server')
  return Number.parseInt(data, 16)
}

function parseOptions(spec: Value, log: ChangeLog): Options {
  if (!isDoc(spec)) throw new MongoError(50808, 'the $changeStream stage expects a document as argument')
  for (const key of spec.keys())
    if (!KNOWN.includes(key))
      throw new MongoError(40415, `BSON field '$changeStream.${key}' is an unknown field.`)
  const expanded = spec.get('showExpandedEvents') === true
  const fullDocument = spec.get('fullDocument') ?? 'default'
  const before = spec.get('fullDocumentBeforeChange') ?? 'off'
  if (!FULL.includes(fullDocument as string))
    throw new MongoError('BadValue', `unknown fullDocument mode ${String(fullDocument)}`)
  if (!BEFORE.includes(before as string))
    throw new MongoError('BadValue', `unknown fullDocumentBeforeChange mode ${String(before)}`)
  const starts = ['resumeAfter', 'startAfter', 'startAtOperationTime'].filter((k) => spec.has(k))
  if (starts.length > 1)
    throw new MongoError(40674, 'Only one type of resume option is allowed, but multiple were found.')
  return {
    fullDocument: fullDocument as string,
    before: before as string,
    expanded,
    start: startOf(spec, log),
  }
}

function startOf(spec: Doc, log: ChangeLog): number {
  const { first, last } = log.bounds()
  const after = spec.get('resumeAfter') ?? spec.get('startAfter')
  if (after !== undefined) {
    const seq = seqOf(after)
    if (seq + 1 < first || seq > last) throw lost()
    return seq
  }
  const time = spec.get('startAtOperationTime')
  if (time === undefined) return last
  if (!(time instanceof Timestamp))
    throw new MongoError('TypeMismatch', 'startAtOperationTime must be a timestamp')
  const seq = log.before(time)
  if (seq === undefined) throw lost()
  return seq
}

function lost(): MongoError {
  return new MongoError(
    'ChangeStreamHistoryLost',
    'Resume of change stream was not possible, as the resume point may no longer be in the log.',
    {
      labels: ['NonResumableChangeStreamError'],
    },
  )
}

export interface ChangeStream {
  /** Batches of events; an empty batch says that nothing came in time. */
  events: AsyncGenerator<Doc[]>
  /** Where a new stream would go on. */
  resumeToken(): Doc
}

/** Opens a stream; `awaitMs` says how long each wait for news may take. */
export function openChangeStream(
  spec: Value,
  watched: Watched,
  engine: Engine,
  log: ChangeLog,
  awaitMs: () => number,
): ChangeStream {
  log.use()
  const options = parseOptions(spec, log)
  let at = options.start
  async function* events(): AsyncGenerator<Doc[]> {
    // The first answer only opens the stream.
    let waited = true
    for (;;) {
      const entries = log.after(at, 200)
      if (entries.length === 0) {
        if (waited) yield []
        else await engine.writer.committed.next(awaitMs())
        waited = !waited
        continue
      }
      waited = true
      const out: Doc[] = []
      let invalid = false
      for (const entry of entries) {
        at = entry.seq
        if (!concerns(entry, watched) || (!options.expanded && isDefinition(entry))) continue
        out.push(event(entry, options, engine))
        if (invalidates(entry, watched)) {
          out.push(
            doc({
              _id: token(entry.seq),
              operationType: 'invalidate',
              clusterTime: entry.entry.get('clusterTime'),
              wallTime: entry.entry.get('wallTime'),
            }),
          )
          invalid = true
          break
        }
      }
      if (out.length > 0) yield out
      if (invalid) return
    }
  }
  return { events: events(), resumeToken: () => token(at) }
}

function concerns({ entry }: LogEntry, { db, coll }: Watched): boolean {
  const ns = entry.get('ns') as Doc
  if (db !== undefined && ns.get('db') !== db) return false
  return coll === undefined || ns.get('coll') === coll
}

function invalidates({ entry }: LogEntry, { db, coll }: Watched): boolean {
  const type = entry.get('operationType')
  if (coll !== undefined) return type === 'drop' || type === 'rename'
  return db !== undefined && type === 'dropDatabase'
}

function isDefinition({ entry }: LogEntry): boolean {
  return DEFINITIONS.includes(entry.get('operationType') as string)
}

const DEFINITIONS: readonly string[] = [
  'create',
  'createIndexes',
  'dropIndexes',
  'modify',
] satisfies DefinitionType[]
const INTERNAL = new Set(['preImage', 'postImage'])
/** What only streams with `showExpandedEvents` show. */
const EXPANDED = new Set(['collectionUUID', 'operationDescription'])

function event({ seq, entry }: LogEntry, options: Options, engine: Engine): Doc {
  const out = doc({ _id: token(seq) })
  for (const [key, value] of entry)
    if (!INTERNAL.has(key) && (options.expanded || !EXPANDED.has(key))) out.set(key, value)
  const description = out.get('updateDescription')
  if (isDoc(description) && !options.expanded) {
    const shown = new Map(description)
    shown.delete('disambiguatedPaths')
    out.set('updateDescription', shown)
  }
  const type = entry.get('operationType')
  if (type === 'update' && options.fullDocument !== 'default') {
    out.set(
      'fullDocument',
      options.fullDocument === 'updateLookup'
        ? current(entry, engine)
        : image(entry, 'postImage', options.fullDocument),
    )
  }
  if (options.before !== 'off' && ['update', 'replace', 'delete'].includes(type as string)) {
    out.set('fullDocumentBeforeChange', image(entry, 'preImage', options.before))
  }
  return out
}

function image(entry: Doc, name: string, mode: string): Value {
  const value = entry.get(name)
  if (value !== undefined) return value
  if (mode === 'required')
    throw new MongoError(
      'NoMatchingDocument',
      'Change stream was configured to require an image, but it was not found',
    )
  return null
}

function current(entry: Doc, engine: Engine): Value {
  const ns = entry.get('ns') as Doc
  const collection = engine.find(String(ns.get('db')), String(ns.get('coll')))
  if (!collection) return null
  const id = (entry.get('documentKey') as Doc).get('_id')
  const [rid] = lookup(engine.read, collection.idIndex, valueKey(id))
  const raw = rid === undefined ? undefined : readRecord(engine.read, collection, rid)
  return raw ? decode(raw) : null
}
