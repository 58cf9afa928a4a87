import type { Invocation } from '@lathe/shared'
import type { Logger } from 'pino'
import { BatchWriter } from '../logs/batch-writer.ts'
import { nextId } from '../logs/order.ts'
import type { Retention } from '../logs/retention.ts'
import type { Mongo } from '../mongo/mongo.ts'
import type { InvocationDoc } from '../mongo/observed.ts'

const QUEUE_RECORDS = 20_000

/** Records of single requests on their way to the database. Their exact number is the metrics' business. */
export class InvocationStore {
  #writer: BatchWriter<InvocationDoc>
  #retention: Retention

  constructor(
    mongo: Mongo,
    retention: Retention,
    log: Logger,
    stored: (appid: string, count: number) => void,
  ) {
    this.#retention = retention
    this.#writer = new BatchWriter<InvocationDoc>({
      collection: mongo.invocations,
      queueLimit: QUEUE_RECORDS,
      log,
      what: 'invocations',
      stored,
      lost: () => {},
    })
  }

  add(appid: string, instanceId: string, invocations: Invocation[]): void {
    const expiresAt = this.#retention.expiry(appid)
    const carried = this.#retention.recordsRequests(appid)
    this.#writer.push(
      invocations.map((invocation) => ({
        _id: nextId(),
        appid,
        instanceId,
        ...invocation,
        request: carried ? invocation.request : null,
        at: new Date(invocation.at),
        statusClass: Math.floor(invocation.status / 100),
        expiresAt,
      })),
    )
  }

  flush(): Promise<void> {
    return this.#writer.flush()
  }
}
