/** Reads the candidates of a plan in batches. Between batches nothing is held open, so other work can run. */

import type { Interval } from '../plan/intervals.ts'
import type { IndexPlan, Plan } from '../plan/planner.ts'
import { type Collection, indexTable } from '../storage/collection.ts'
import type { StoredRecord } from '../storage/records.ts'
import type { Operation } from './operation.ts'
import type { View } from './view.ts'

const FIRST_BATCH = 64
const MAX_BATCH = 512
const MAX_BATCH_BYTES = 1024 * 1024

export async function* scan(
  view: View,
  collection: Collection,
  plan: Plan,
  op: Operation,
): AsyncGenerator<StoredRecord[]> {
  const overlay = view.overlay(collection)
  if (!overlay || overlay.size === 0) {
    yield* scanStored(view, collection, plan, op)
    return
  }
  for await (const batch of scanStored(view, collection, plan, op)) {
    yield batch.filter((record) => !overlay.has(record.rid))
  }
  const own = [...overlay].flatMap(([rid, change]) => (change ? [{ rid, raw: change.raw }] : []))
  if (own.length > 0) yield own.sort((a, b) => a.rid - b.rid)
}

async function* scanNothing(): AsyncGenerator<StoredRecord[]> {}

function scanStored(
  view: View,
  collection: Collection,
  plan: Plan,
  op: Operation,
): AsyncGenerator<StoredRecord[]> {
  if (!view.hasTable(collection.table)) return scanNothing()
  if (plan.kind === 'collection') return scanCollection(view, collection, plan.reverse, op)
  if (plan.kind === 'index') return scanIndex(view, collection, plan, op)
  return scanUnion(view, collection, plan.plans, op)
}

async function* scanCollection(
  view: View,
  collection: Collection,
  reverse: boolean,
  op: Operation,
): AsyncGenerator<StoredRecord[]> {
  const sql = `SELECT rid, doc FROM ${collection.table} WHERE rid ${reverse ? '<' : '>'} ? ORDER BY rid ${reverse ? 'DESC' : ''} LIMIT ?`
  let last = reverse ? Number.MAX_SAFE_INTEGER : -1
  let size = FIRST_BATCH
  for (;;) {
    const batch: StoredRecord[] = []
    let bytes = 0
    for (const row of view.connection.statement(sql).iterate(last, size) as Iterable<unknown>) {
      const [rid, raw] = row as [number, Uint8Array]
      batch.push({ rid, raw })
      bytes += raw.length
      last = rid
      if (bytes > MAX_BATCH_BYTES) break
    }
    if (batch.length === 0) return
    op.examined.documents += batch.length
    const done = batch.length < size && bytes <= MAX_BATCH_BYTES
    yield batch
    if (done) return
    size = Math.min(MAX_BATCH, size * 2)
    await op.pause()
  }
}

async function* scanIndex(
  view: View,
  collection: Collection,
  plan: IndexPlan,
  op: Operation,
): AsyncGenerator<StoredRecord[]> {
  const seen = plan.index.multikey.some(Boolean) ? new Set<number>() : undefined
  const ranges = plan.reverse ? [...plan.ranges].reverse() : plan.ranges
  let gathered: StoredRecord[] = []
  for (const range of ranges) {
    for await (const batch of scanRange(view, collection, plan, range, op)) {
      for (const record of batch) {
        if (seen?.has(record.rid)) continue
        seen?.add(record.rid)
        gathered.push(record)
      }
      // Point lookups of a long $in are handed on together.
      if (gathered.length >= FIRST_BATCH || op.due) {
        yield gathered
        gathered = []
        await op.pause()
      }
    }
  }
  if (gathered.length > 0) yield gathered
}

const LAST_KEY = new Uint8Array(16).fill(0xff)

async function* scanRange(
  view: View,
  collection: Collection,
  plan: IndexPlan,
  range: Interval,
  op: Operation,
): AsyncGenerator<StoredRecord[]> {
  const table = indexTable(plan.index)
  const sql = plan.reverse
    ? `SELECT x.key, x.rid, r.doc FROM ${table} x CROSS JOIN ${collection.table} r ON r.rid = x.rid
       WHERE (x.key, x.rid) < (?, ?) AND x.key >= ? ORDER BY x.key DESC, x.rid DESC LIMIT ?`
    : `SELECT x.key, x.rid, r.doc FROM ${table} x CROSS JOIN ${collection.table} r ON r.rid = x.rid
       WHERE (x.key, x.rid) > (?, ?) AND x.key < ? ORDER BY x.key, x.rid LIMIT ?`
  // Forwards every key of `lo` has a record id above -1; backwards no key equals `hi` below record id 0.
  let key = plan.reverse ? (range.hi ?? LAST_KEY) : range.lo
  let rid = -1
  const bound = plan.reverse ? range.lo : (range.hi ?? LAST_KEY)
  let size = FIRST_BATCH
  for (;;) {
    const batch: StoredRecord[] = []
    let bytes = 0
    for (const row of view.connection.statement(sql).iterate(key, rid, bound, size) as Iterable<unknown>) {
      const [k, r, raw] = row as [Uint8Array, number, Uint8Array]
      batch.push({ rid: r, raw })
      bytes += raw.length
      key = k
      rid = r
      if (bytes > MAX_BATCH_BYTES) break
    }
    if (batch.length === 0) return
    op.examined.keys += batch.length
    op.examined.documents += batch.length
    const done = batch.length < size && bytes <= MAX_BATCH_BYTES
    yield batch
    if (done) return
    size = Math.min(MAX_BATCH, size * 2)
    await op.pause()
  }
}

async function* scanUnion(
  view: View,
  collection: Collection,
  plans: readonly IndexPlan[],
  op: Operation,
): AsyncGenerator<StoredRecord[]> {
  const seen = new Set<number>()
  for (const plan of plans) {
    for await (const batch of scanIndex(view, collection, plan, op)) {
      const fresh = batch.filter((record) => !seen.has(record.rid))
      for (const record of fresh) seen.add(record.rid)
      if (fresh.length > 0) yield fresh
    }
  }
}
