/** MongoDB's Stable API (mongodb.com/docs/manual/reference/stable-api): version 1, also strict. */
import { type Doc, isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'

const COMMANDS = new Set(
  `abortTransaction aggregate authenticate bulkWrite collMod commitTransaction count create createIndexes delete drop
  dropDatabase dropIndexes endSessions explain find findAndModify getMore hello insert isMaster ismaster killCursors
  listCollections listDatabases listIndexes ping refreshSessions saslContinue saslStart update`.split(/\s+/),
)
/** What version 1 leaves out of its commands, of what this server has. */
const OPTIONS: Record<string, readonly string[]> = {
  find: ['awaitData', 'noCursorTimeout', 'tailable'],
}
const INDEX_OPTIONS = ['background', 'sparse']
const STAGES = ['$listLocalSessions']

function notStrict(what: string): MongoError {
  return new MongoError(323, `Provided apiStrict:true, but ${what} is not in API Version 1.`)
}

/** Refuses what a client that declared an API version may not ask. */
export function checkApi(name: string, body: Doc): void {
  const version = body.get('apiVersion')
  if (version === undefined) return
  if (version !== '1') throw new MongoError(322, 'API version must be "1"')
  if (body.get('apiStrict') !== true) return
  if (!COMMANDS.has(name)) throw notStrict(`the command ${name}`)
  for (const option of OPTIONS[name] ?? [])
    if (body.has(option)) throw notStrict(`the option ${option} of ${name}`)
  for (const key of keysOf(body.get('pipeline')))
    if (STAGES.includes(key)) throw notStrict(`the stage ${key}`)
  if (name !== 'createIndexes') return
  for (const key of keysOf(body.get('indexes')))
    if (INDEX_OPTIONS.includes(key)) throw notStrict(`the index option ${key}`)
}

function keysOf(list: Value | undefined): string[] {
  return Array.isArray(list) ? list.flatMap((item) => (isDoc(item) ? [...item.keys()] : [])) : []
}
