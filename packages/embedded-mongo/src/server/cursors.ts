/** Open cursors: what a query or pipeline yields, handed out batch by batch. */
import { randomBytes } from 'node:crypto'
import { encode } from '../bson/encode.ts'
import { type Doc, doc, Raw, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { Operation } from '../exec/operation.ts'

export type CursorItems = AsyncIterator<(Doc | Uint8Array)[]>

/** A reply stays below the largest message: one document may be 16 MB. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024
const IDLE_MS = 10 * 60_000
export const DEFAULT_FIRST_BATCH = 101

export interface CursorOwner {
  /** Who may continue it. */
  readonly user: string
  readonly lsid: string | undefined
  /** Number of the transaction that it belongs to. */
  readonly txnNumber: bigint | undefined
}

/** What follows the end of what there is. */
export interface CursorFlow {
  /** The cursor stays open and answers with what there is. */
  readonly endless?: boolean
  /** Told how long the next answer may wait for news, in milliseconds. */
  readonly waits?: ((ms: number) => void) | undefined
}

/** Told the last document that was given while others wait behind it; undefined when all that was made is given. */
export type CursorExtra = (lastGiven: Uint8Array | undefined) => Doc

export class Cursor {
  /** 0 until it is left open. */
  id = 0n
  readonly ns: string
  readonly owner: CursorOwner
  readonly op: Operation
  /** Extra fields of each reply's cursor, such as a change stream's resume token. */
  extra: CursorExtra | undefined
  readonly flow: CursorFlow
  lastUsed = Date.now()
  busy = false
  readonly #items: CursorItems
  #rest: Uint8Array[] = []
  #last: Uint8Array | undefined
  #done = false

  constructor(ns: string, items: CursorItems, op: Operation, owner: CursorOwner, flow: CursorFlow) {
    this.ns = ns
    this.#items = items
    this.op = op
    this.owner = owner
    this.flow = flow
  }

  /** Up to `size` documents (undefined: as many as fit). `more` is false when nothing can follow. */
  async next(size: number | undefined): Promise<{ batch: Value[]; more: boolean }> {
    const batch: Value[] = []
    let bytes = 0
    const full = size ?? Infinity
    while (batch.length < full) {
      if (this.#rest.length === 0) {
        if (this.#done) break
        const next = await this.#items.next()
        if (next.done) {
          this.#done = true
          break
        }
        if (next.value.length === 0) {
          if (this.flow.endless) break
          continue
        }
        this.#rest = next.value.map((item) => (item instanceof Uint8Array ? item : encode(item)))
      }
      let taken = 0
      while (taken < this.#rest.length && batch.length < full) {
        const raw = this.#rest[taken]!
        if (batch.length > 0 && bytes + raw.length > MAX_BATCH_BYTES) {
          this.#rest = this.#rest.slice(taken)
          return { batch, more: true }
        }
        batch.push(new Raw(raw))
        this.#last = raw
        bytes += raw.length
        taken += 1
      }
      this.#rest = taken === this.#rest.length ? [] : this.#rest.slice(taken)
      if (this.flow.endless && this.#rest.length === 0) break
    }
    return { batch, more: !this.#done || this.#rest.length > 0 }
  }

  /** The fields of {@link extra} as they are after the last batch. */
  extraFields(): [string, Value][] {
    return [...(this.extra?.(this.#rest.length > 0 ? this.#last : undefined) ?? [])]
  }

  async close(): Promise<void> {
    this.#done = true
    this.#rest = []
    await this.#items.return?.()
  }
}

export class CursorStore {
  readonly #open = new Map<bigint, Cursor>()
  readonly #sweeper: NodeJS.Timeout

  constructor() {
    this.#sweeper = setInterval(() => this.#sweep(), 30_000)
    this.#sweeper.unref()
  }

  get size(): number {
    return this.#open.size
  }

  #newId(): bigint {
    for (;;) {
      const id = randomBytes(8).readBigInt64LE() & 0x7fffffffffffffffn
      if (id !== 0n && !this.#open.has(id)) return id
    }
  }

  /** The first reply of a command that answers with a cursor; what is left stays open under a new id. */
  async open(
    ns: string,
    items: CursorItems,
    op: Operation,
    owner: CursorOwner,
    {
      batchSize = DEFAULT_FIRST_BATCH,
      single = false,
      extra,
      ...flow
    }: CursorFlow & {
      batchSize?: number | undefined
      single?: boolean
      extra?: CursorExtra | undefined
    } = {},
  ): Promise<Doc> {
    const cursor = new Cursor(ns, items, op, owner, flow)
    cursor.extra = extra
    let first: { batch: Value[]; more: boolean }
    try {
      first = batchSize === 0 ? { batch: [], more: true } : await cursor.next(batchSize)
    } catch (error) {
      await cursor.close()
      throw error
    }
    const open = first.more && !single
    if (open) {
      cursor.id = this.#newId()
      this.#open.set(cursor.id, cursor)
    } else await cursor.close()
    op.limit(undefined)
    return doc({
      cursor: doc({
        firstBatch: first.batch,
        id: cursor.id,
        ns,
        ...Object.fromEntries(cursor.extraFields()),
      }),
      ok: 1,
    })
  }

  get(id: bigint): Cursor | undefined {
    return this.#open.get(id)
  }

  async remove(id: bigint): Promise<boolean> {
    const cursor = this.#open.get(id)
    if (!cursor) return false
    this.#open.delete(id)
    cursor.op.kill(new MongoError('CursorKilled', 'the cursor was killed'))
    if (!cursor.busy) await cursor.close()
    return true
  }

  async removeWhere(test: (cursor: Cursor) => boolean): Promise<void> {
    for (const cursor of [...this.#open.values()]) if (test(cursor)) await this.remove(cursor.id)
  }

  #sweep(): void {
    const limit = Date.now() - IDLE_MS
    void this.removeWhere((c) => !c.busy && c.lastUsed < limit)
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper)
    await this.removeWhere(() => true)
  }
}
