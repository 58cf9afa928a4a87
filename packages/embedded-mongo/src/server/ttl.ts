/** Removes documents whose TTL index says that their time has come. */
import { DateTime, doc } from '../bson/values.ts'
import { Operation } from '../exec/operation.ts'
import { runDelete } from '../exec/update.ts'
import { queryContext } from '../query/context.ts'
import { parseFilter } from '../query/parse.ts'
import type { Engine } from '../storage/engine.ts'

export class TtlSweeper {
  readonly #engine: Engine
  readonly #timer: NodeJS.Timeout
  #running: Promise<void> | undefined

  constructor(engine: Engine, intervalMs: number) {
    this.#engine = engine
    this.#timer = setInterval(() => void this.sweep(), intervalMs)
    this.#timer.unref()
  }

  /** One pass over all TTL indexes; passes do not overlap. */
  sweep(): Promise<void> {
    this.#running ??= this.#pass().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #pass(): Promise<void> {
    for (const collection of this.#engine.catalog.all()) {
      for (const index of collection.readyIndexes) {
        if (index.expireAfterSeconds === undefined) continue
        const limit = new DateTime(Date.now() - index.expireAfterSeconds * 1000)
        // Of an array of dates the least one counts, which is how a query with $lt reads it.
        const filter = parseFilter(doc({ [index.fields[0]!.path]: doc({ $lt: limit }) }), queryContext())
        const target = this.#engine.direct
        try {
          await runDelete(target, collection, { filter, limit: 0 }, new Operation())
          await target.durable()
        } catch (error) {
          console.error(`embedded database: removing expired documents of ${collection.ns} failed`, error)
        }
      }
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }
}
