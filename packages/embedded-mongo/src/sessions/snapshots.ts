/** Reads of one moment outside of transactions (`readConcern: snapshot`): each moment has a SQLite snapshot of its own. */
import { Timestamp, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import { plainView, type View } from '../exec/view.ts'
import type { Clock } from '../server/clock.ts'
import { Connection } from '../storage/connection.ts'
import type { Engine } from '../storage/engine.ts'

/** A snapshot keeps SQLite from shortening its log, so it may not stay for long. */
const KEEP_MS = 60_000
const MAX_OPEN = 50

export interface Snapshot {
  readonly time: Timestamp
  readonly view: View
}

interface Held extends Snapshot {
  readonly connection: Connection
  lastUsed: number
}

export class Snapshots {
  readonly #engine: Engine
  readonly #clock: Clock
  readonly #held = new Map<string, Held>()

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine
    this.#clock = clock
  }

  /** The moment that an earlier read named, or this one. Throws SnapshotTooOld when the earlier one is gone. */
  at(time: Value | undefined): Snapshot {
    if (time === undefined) return this.#take()
    if (!(time instanceof Timestamp))
      throw new MongoError('TypeMismatch', 'readConcern.atClusterTime must be a timestamp')
    const held = this.#held.get(keyOf(time))
    if (!held) throw new MongoError(239, 'Read timestamp is older than the oldest available snapshot')
    held.lastUsed = Date.now()
    return held
  }

  #take(): Snapshot {
    if (this.#held.size >= MAX_OPEN) this.#release([...this.#held.values()].slice(0, 1))
    const connection = new Connection(this.#engine.file, { readOnly: true })
    connection.exec('BEGIN')
    const tables = new Set(connection.all('SELECT name FROM sqlite_master').map(([name]) => name))
    const time = this.#clock.tick()
    const view = { ...plainView(connection), hasTable: (name: string) => tables.has(name) }
    const held = { time, view, connection, lastUsed: Date.now() }
    this.#held.set(keyOf(time), held)
    return held
  }

  #release(list: Iterable<Held>): void {
    for (const { time, connection } of list) {
      this.#held.delete(keyOf(time))
      connection.close()
    }
  }

  sweep(): void {
    const limit = Date.now() - KEEP_MS
    this.#release([...this.#held.values()].filter((held) => held.lastUsed < limit))
  }

  close(): void {
    this.#release([...this.#held.values()])
  }
}

function keyOf({ t, i }: Timestamp): string {
  return `${t}/${i}`
}
