/** Brings a folder that {@link dump} or `mongodump --out` wrote into a server: options, documents, then indexes. */

import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { BSON, type Db, type Document, type MongoClient } from 'mongodb'
import { decode } from '../bson/decode.ts'
import { toDriver } from './driver-values.ts'
import type { Moved } from './dump.ts'
import { ToolError } from './tool-error.ts'

const SUFFIX = '.metadata.json'
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
const MAX_BATCH_BYTES = 8 * 1024 * 1024
const MAX_BATCH = 1000

interface Metadata {
  readonly options: Document
  readonly indexes: Document[]
  readonly type?: string
}

interface Source {
  readonly db: string
  readonly name: string
  readonly file: string
  readonly metadata: Metadata
}

/**
 * Collections that exist with documents are refused before anything is written, or replaced with `drop`. What the
 * target does not support stops the restore with its name.
 */
export async function restore(client: MongoClient, folder: string, { drop = false } = {}): Promise<Moved> {
  const sources = await sourcesOf(folder)
  if (!drop) {
    for (const { db, name } of sources) {
      if (await client.db(db).collection(name).findOne())
        throw new ToolError(`${db}.${name} has documents already; replace it with --drop`)
    }
  }
  const moved = { collections: 0, documents: 0 }
  for (const source of sources) {
    moved.documents += await restoreCollection(client.db(source.db), source, drop)
    moved.collections += 1
  }
  return moved
}

async function sourcesOf(folder: string): Promise<Source[]> {
  const sources: Source[] = []
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new ToolError(`${folder} cannot be read: ${error.code}`)
  })
  for (const entry of entries) {
    if (!entry.isDirectory() || ['admin', 'config', 'local'].includes(entry.name)) continue
    for (const file of await readdir(join(folder, entry.name))) {
      if (!file.endsWith(SUFFIX) || file.startsWith('system.')) continue
      sources.push(await sourceOf(entry.name, join(folder, entry.name, file)))
    }
  }
  if (sources.length === 0)
    throw new ToolError(`${folder} holds no dump: there is no <database>/<collection>${SUFFIX} in it`)
  return sources
}

async function sourceOf(db: string, path: string): Promise<Source> {
  const name = decodeURIComponent(basename(path, SUFFIX))
  const metadata = BSON.EJSON.parse(await readFile(path, 'utf8'), { relaxed: false }) as Metadata
  if (metadata.type !== undefined && metadata.type !== 'collection')
    throw new ToolError(`${db}.${name} is a ${metadata.type}: it cannot be restored`)
  for (const { key } of metadata.indexes) {
    // JSON's objects would put such a field first.
    const keys = Object.keys(key as Document)
    if (keys.length > 1 && keys.some((k) => /^\d+$/.test(k)))
      throw new ToolError(`${db}.${name} has an index whose field order cannot be read: ${keys.join(', ')}`)
  }
  return { db, name, file: `${path.slice(0, -SUFFIX.length)}.bson`, metadata }
}

async function restoreCollection(db: Db, { name, file, metadata }: Source, drop: boolean): Promise<number> {
  const exists = await db.listCollections({ name }, { nameOnly: true }).hasNext()
  if (exists && drop) await db.dropCollection(name)
  if (!exists || drop) await db.createCollection(name, metadata.options)
  let documents = 0
  for await (const batch of batches(file)) {
    const reply = await db.command({ insert: name, documents: batch, bypassDocumentValidation: true })
    const [error] = (reply.writeErrors ?? []) as { errmsg: string }[]
    if (error) throw new ToolError(`${db.databaseName}.${name}: ${error.errmsg}`)
    documents += batch.length
  }
  const indexes = metadata.indexes
    .filter(({ name: index }) => index !== '_id_')
    .map(({ ns: _, ...index }) => index)
  if (indexes.length > 0) await db.command({ createIndexes: name, indexes })
  return documents
}

/** The documents of a file, some at a time, ready for an insert command. */
async function* batches(file: string): AsyncGenerator<unknown[]> {
  let batch: unknown[] = []
  let bytes = 0
  for await (const raw of documentsOf(file)) {
    if (batch.length === MAX_BATCH || (batch.length > 0 && bytes + raw.length > MAX_BATCH_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(toDriver(decode(raw)))
    bytes += raw.length
  }
  if (batch.length > 0) yield batch
}

/** Cuts the file into documents. Throws ToolError when it ends within one. */
async function* documentsOf(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    let at = 0
    while (rest.length - at >= 4) {
      const length = rest.readInt32LE(at)
      if (length < 5 || length > MAX_DOCUMENT_BYTES) throw new ToolError(`${file} is damaged`)
      if (rest.length - at < length) break
      yield rest.subarray(at, at + length)
      at += length
    }
    rest = rest.subarray(at)
  }
  if (rest.length > 0) throw new ToolError(`${file} ends within a document`)
}
