import type { RequestCounts } from '@lathe/shared'
import type { Logger } from 'pino'
import type { Heartbeat } from '../control/runtime-channel.ts'
import type { Mongo } from '../mongo/mongo.ts'
import { BucketWriter } from './bucket-writer.ts'
import { WHOLE_APP } from './buckets.ts'
import { addTo, emptyTally, type Tally } from './tally.ts'

const FLUSH_MS = 1_000
/** How often memory and processor time are written when nothing else is to be. */
const GAUGES_MS = 20_000
/** Counts of a runtime that was cut off from us come late; what is older than this is no truth. */
const OLDEST_MS = 3_600_000
const NEWEST_MS = 60_000

/** What an app has done since this api started, and what its runtimes said last: for operators. */
export interface AppTotals {
  functions: Map<string, Tally>
  coldStarts: number
}

/** The last heartbeat of a connected runtime. */
export interface RuntimeGauges
  extends Pick<Heartbeat, 'rssBytes' | 'heapUsedBytes' | 'eventLoopDelayMs' | 'inFlight'> {
  appid: string
  cpuMs: number
  at: number
}

/** Counts everything that happens in apps, exactly, into roll-ups of bounded size. */
export class MetricsRecorder implements AsyncDisposable {
  readonly totals = new Map<string, AppTotals>()
  readonly runtimes = new Map<string, RuntimeGauges>()
  readonly logLines = { stored: 0, lost: 0 }
  #writer: BucketWriter
  #timer: NodeJS.Timeout
  #gaugesAt = 0
  #gauges: [appid: string, at: number, cpuMs: number, upMs: number, memoryBytes: number][] = []

  constructor(mongo: Mongo, log: Logger) {
    this.#writer = new BucketWriter(mongo, log.child({ part: 'metrics' }))
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS)
  }

  counted(appid: string, counts: RequestCounts[]): void {
    const now = Date.now()
    for (const given of counts) {
      const at = Math.min(Math.max(given.minute * 60_000, now - OLDEST_MS), now + NEWEST_MS)
      this.#writer.requests(appid, given.functionName, at, given)
      this.#writer.requests(appid, WHOLE_APP, at, given)
      this.#writer.minuteOfHour(appid, at, given)
      this.#count(appid, given)
    }
  }

  coldStart(appid: string): void {
    this.#totalsOf(appid).coldStarts++
    this.#writer.extras(appid, Date.now(), { coldStarts: 1 })
  }

  stored(appid: string, { lines = 0, records = 0 }: { lines?: number; records?: number }): void {
    this.logLines.stored += lines
    this.#writer.extras(appid, Date.now(), { lines, records })
  }

  lost(lines: number): void {
    this.logLines.lost += lines
  }

  heartbeat(appid: string, instanceId: string, beat: Heartbeat): void {
    const at = Date.now()
    const before = this.runtimes.get(instanceId)
    const { rssBytes, heapUsedBytes, eventLoopDelayMs, inFlight, cpuMs = 0 } = beat
    this.runtimes.set(instanceId, { appid, at, rssBytes, heapUsedBytes, eventLoopDelayMs, inFlight, cpuMs })
    const used = before ? Math.max(0, cpuMs - before.cpuMs) : 0
    this.#gauges.push([appid, at, used, before ? at - before.at : 0, rssBytes])
  }

  /** The runtime is no longer connected. */
  gone(instanceId: string): void {
    this.runtimes.delete(instanceId)
  }

  /** Writes what has been counted; resolves when it is in the database. */
  async flush(): Promise<void> {
    const now = performance.now()
    if (now - this.#gaugesAt >= GAUGES_MS || !this.#writer.isEmpty) {
      this.#gaugesAt = now
      for (const [appid, at, cpuMs, upMs, memoryBytes] of this.#gauges.splice(0)) {
        this.#writer.extras(appid, at, { cpuMs, upMs }, memoryBytes)
      }
    }
    if (!this.#writer.isEmpty) await this.#writer.flush()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
    await this.#writer.flush()
  }

  #count(appid: string, given: RequestCounts): void {
    const { functions } = this.#totalsOf(appid)
    const tally = functions.get(given.functionName) ?? emptyTally()
    functions.set(given.functionName, tally)
    addTo(tally, given)
  }

  #totalsOf(appid: string): AppTotals {
    const known = this.totals.get(appid)
    if (known) return known
    const fresh: AppTotals = { functions: new Map(), coldStarts: 0 }
    this.totals.set(appid, fresh)
    return fresh
  }
}
