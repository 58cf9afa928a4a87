import { consoleLimits, type Invocation, type LogLine, limits } from '@lathe/shared'
import type { Logger } from 'pino'
import type { OtelEnv } from '../config/otel-env.ts'
import { InvocationStore } from '../invocations/invocation-store.ts'
import { MetricsRecorder } from '../metrics/recorder.ts'
import type { LogDoc } from '../mongo/documents.ts'
import type { Mongo } from '../mongo/mongo.ts'
import { Telemetry } from '../telemetry/telemetry.ts'
import { BatchWriter } from './batch-writer.ts'
import { nextId } from './order.ts'
import { Pruner } from './pruner.ts'
import { Retention } from './retention.ts'

const QUEUE_LINES = 20_000

export interface LogSubscriber {
  line?(id: string, line: LogLine): void
  dropped?(count: number): void
  handled?(invocation: Invocation): void
}

/** What the runtimes report, on its way: to whoever looks on at once, to the database in batches. */
export class LogHub implements AsyncDisposable {
  readonly metrics: MetricsRecorder
  readonly retention = new Retention()
  #telemetry: Telemetry
  #subscribers = new Map<string, Set<LogSubscriber>>()
  #lines: BatchWriter<LogDoc>
  #invocations: InvocationStore
  #pruner: Pruner

  constructor(mongo: Mongo, log: Logger, otel: OtelEnv) {
    this.metrics = new MetricsRecorder(mongo, log)
    this.#telemetry = new Telemetry(otel, this.metrics)
    const own = log.child({ part: 'logs' })
    this.#pruner = new Pruner(mongo, own)
    this.#lines = new BatchWriter<LogDoc>({
      collection: mongo.logs,
      queueLimit: QUEUE_LINES,
      log: own,
      what: 'log lines',
      stored: (appid, lines) => {
        this.metrics.stored(appid, { lines })
        this.#pruner.stored(appid, { lines })
      },
      lost: (appid, count) => this.#lost(appid, count),
    })
    this.#invocations = new InvocationStore(mongo, this.retention, own, (appid, records) => {
      this.metrics.stored(appid, { records })
      this.#pruner.stored(appid, { records })
    })
  }

  /** @returns what ends the subscription */
  subscribe(appid: string, subscriber: LogSubscriber): () => void {
    const subscribers = this.#subscribers.get(appid) ?? new Set()
    this.#subscribers.set(appid, subscribers.add(subscriber))
    return () => {
      subscribers.delete(subscriber)
      if (subscribers.size === 0 && this.#subscribers.get(appid) === subscribers) {
        this.#subscribers.delete(appid)
      }
    }
  }

  ingest(appid: string, instanceId: string, lines: LogLine[], dropped: number): void {
    const subscribers = this.#subscribers.get(appid)
    const expiresAt = this.retention.expiry(appid)
    const documents: LogDoc[] = []
    for (const given of lines) {
      const line = { ...given, text: given.text.slice(0, limits.logLineChars + 100) }
      const id = nextId()
      for (const subscriber of subscribers ?? []) subscriber.line?.(id, line)
      const { preview, ...kept } = line
      const isSevere = line.level === 'warn' || line.level === 'error'
      documents.push({
        _id: id,
        appid,
        instanceId,
        ...kept,
        ...(preview !== undefined && preview.length <= consoleLimits.storedBytes ? { preview } : {}),
        at: new Date(line.at),
        ...(isSevere ? { severe: true } : {}),
        expiresAt,
      })
    }
    if (dropped > 0) {
      this.#lost(appid, dropped)
      documents.push(gap(appid, instanceId, dropped, expiresAt))
    }
    this.#lines.push(documents)
    this.#telemetry.lines(appid, lines)
  }

  handled(appid: string, instanceId: string, invocations: Invocation[]): void {
    // What requests carried is shown one by one, to those who ask for it.
    const shown = invocations.map((invocation) => ({ ...invocation, request: null }))
    for (const subscriber of this.#subscribers.get(appid) ?? []) {
      if (subscriber.handled) shown.forEach(subscriber.handled)
    }
    this.#invocations.add(appid, instanceId, invocations)
    this.#telemetry.handled(appid, invocations)
  }

  /** Resolves when every line and record that arrived before the call is in the database, or given up. */
  async flush(): Promise<void> {
    await Promise.all([this.#lines.flush(), this.#invocations.flush()])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush()
    await this.#pruner[Symbol.asyncDispose]()
    await this.metrics[Symbol.asyncDispose]()
    await this.#telemetry[Symbol.asyncDispose]()
  }

  #lost(appid: string, count: number): void {
    this.metrics.lost(count)
    for (const subscriber of this.#subscribers.get(appid) ?? []) subscriber.dropped?.(count)
  }
}

/** The line that stands in the log for those that did not make it. */
function gap(appid: string, instanceId: string, count: number, expiresAt: Date): LogDoc {
  return {
    _id: nextId(),
    appid,
    instanceId,
    at: new Date(),
    seq: 0,
    level: 'warn',
    severe: true,
    text: `${count} ${count === 1 ? 'line is' : 'lines are'} missing here: more was written than could be kept.`,
    functionName: null,
    revision: null,
    requestId: null,
    runId: null,
    source: null,
    expiresAt,
  }
}
