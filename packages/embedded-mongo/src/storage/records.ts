/** Reading and writing of single documents, with their index entries. Called inside a unit of the {@link Writer}. */

import { encode } from '../bson/encode.ts'
import { type Doc, doc, int, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import { type Collection, indexTable } from './collection.ts'
import type { Connection } from './connection.ts'
import { type ExtractedKeys, extractKeys } from './index-keys.ts'
import type { Index } from './index-spec.ts'
import { shellText } from './shell-text.ts'

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024

export interface StoredRecord {
  readonly rid: number
  readonly raw: Uint8Array
}

export function tooLarge(size: number): MongoError {
  return new MongoError(
    'BSONObjectTooLarge',
    `BSONObj size: ${size} is invalid. Size must be between 0 and ${MAX_DOCUMENT_BYTES}(16MB)`,
  )
}

export function readRecord(
  connection: Connection,
  collection: Collection,
  rid: number,
): Uint8Array | undefined {
  return connection.get(`SELECT doc FROM ${collection.table} WHERE rid = ?`, rid)?.[0] as
    | Uint8Array
    | undefined
}

/** Record ids that hold exactly `key`. */
export function lookup(connection: Connection, index: Index, key: Uint8Array): number[] {
  return connection
    .all(`SELECT rid FROM ${indexTable(index)} WHERE key = ?`, key)
    .map((row) => row[0] as number)
}

export function duplicateKey(
  collection: Collection,
  index: Index,
  values: (Value | undefined)[],
): MongoError {
  const keyValue = doc()
  index.fields.forEach((f, i) => {
    keyValue.set(f.path, values[i] ?? null)
  })
  const pattern = doc()
  for (const f of index.fields) pattern.set(f.path, int(f.direction))
  return new MongoError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${collection.ns} index: ${index.name} dup key: ${shellText(keyValue)}`,
    { extra: doc({ keyPattern: pattern, keyValue }) },
  )
}

function checkUnique(
  connection: Connection,
  collection: Collection,
  index: Index,
  extracted: ExtractedKeys,
  self: number | undefined,
): void {
  extracted.keys.forEach((key, i) => {
    const other = lookup(connection, index, key).find((rid) => rid !== self)
    if (other !== undefined) throw duplicateKey(collection, index, extracted.values[i]!)
  })
}

/** Remembers in memory and on disk that an index has become multikey. */
export function markMultikey(connection: Connection, index: Index, multikey: boolean[]): void {
  if (!multikey.some((m, i) => m && !index.multikey[i])) return
  index.multikey = index.multikey.map((m, i) => m || multikey[i] === true)
  connection.run('UPDATE indexes SET multikey = ? WHERE id = ?', JSON.stringify(index.multikey), index.id)
}

/** Inserts a checked, encoded document; `document` is its decoded form. Throws DuplicateKey before it writes. */
export function insertRecord(
  connection: Connection,
  collection: Collection,
  raw: Uint8Array,
  document: Doc,
  rid = collection.nextRecord++,
): void {
  if (raw.length > MAX_DOCUMENT_BYTES) throw tooLarge(raw.length)
  const extracted = collection.indexes.map((index) => extractKeys(document, index))
  collection.indexes.forEach((index, i) => {
    if (index.unique) checkUnique(connection, collection, index, extracted[i]!, undefined)
  })
  connection.run(`INSERT INTO ${collection.table} (rid, doc) VALUES (?, ?)`, rid, raw)
  collection.indexes.forEach((index, i) => {
    addKeys(connection, index, extracted[i]!, rid)
  })
}

export function addKeys(connection: Connection, index: Index, extracted: ExtractedKeys, rid: number): void {
  const sql = `INSERT INTO ${indexTable(index)} (key, rid) VALUES (?, ?)`
  for (const key of extracted.keys) connection.run(sql, key, rid)
  markMultikey(connection, index, extracted.multikey)
}

/** {@link addKeys} for an index that is built: a write may have come first. */
export function enterKeys(connection: Connection, index: Index, extracted: ExtractedKeys, rid: number): void {
  const sql = `INSERT OR IGNORE INTO ${indexTable(index)} (key, rid) VALUES (?, ?)`
  for (const key of extracted.keys) connection.run(sql, key, rid)
  markMultikey(connection, index, extracted.multikey)
}

/** Replaces a document, touching only the index entries that differ. Returns the encoded new document. */
export function replaceRecord(
  connection: Connection,
  collection: Collection,
  rid: number,
  before: Doc,
  after: Doc,
): Uint8Array {
  const raw = encode(after)
  if (raw.length > MAX_DOCUMENT_BYTES) throw tooLarge(raw.length)
  const changes = collection.indexes.map((index) => {
    const old = extractKeys(before, index)
    const next = extractKeys(after, index)
    const same =
      old.keys.length === next.keys.length && old.keys.every((k, i) => Buffer.compare(k, next.keys[i]!) === 0)
    return same ? undefined : { index, old, next }
  })
  for (const change of changes) {
    if (change?.index.unique) checkUnique(connection, collection, change.index, change.next, rid)
  }
  connection.run(`UPDATE ${collection.table} SET doc = ? WHERE rid = ?`, raw, rid)
  for (const change of changes) {
    if (!change) continue
    removeKeys(connection, change.index, change.old, rid)
    addKeys(connection, change.index, change.next, rid)
  }
  return raw
}

function removeKeys(connection: Connection, index: Index, extracted: ExtractedKeys, rid: number): void {
  const sql = `DELETE FROM ${indexTable(index)} WHERE key = ? AND rid = ?`
  for (const key of extracted.keys) connection.run(sql, key, rid)
}

export function deleteRecord(
  connection: Connection,
  collection: Collection,
  rid: number,
  document: Doc,
): void {
  connection.run(`DELETE FROM ${collection.table} WHERE rid = ?`, rid)
  for (const index of collection.indexes) removeKeys(connection, index, extractKeys(document, index), rid)
}
