import { type FiringReason, triggerLimits } from '@lathe/shared'
import type { Logger } from 'pino'
import type { FiringDoc, TriggerDoc } from '../mongo/documents.ts'
import type { Mongo } from '../mongo/mongo.ts'
import { Semaphore } from '../semaphore.ts'
import { type FiringResult, type FiringStart, Firings } from './firings.ts'
import { missedTicks, openSchedule } from './schedule.ts'

/** How soon a trigger is seen that another process has saved. */
const LOOK_MS = 2_000
/** Due triggers that are looked at in one go. */
const DUE = 500
/** A process without a connection to the app's runtime leaves a tick to one that has it, for so long. */
const COURTESY_MS = 4_000
const COURTESY_LOOK_MS = 250
const SWEEP_MS = 15_000
/** A claimed tick gets its record at once; without one after this long, the process that claimed it is gone. */
const RECORD_MS = 30_000
/** Calls at a time of one app; others wait, those of other apps do not. */
const CALLS_PER_APP = 10
/** How long firings that are under way may go on when the api stops. */
const STOP_MS = 4_000

export interface SchedulerParts {
  mongo: Pick<Mongo, 'triggers' | 'firings'>
  log: Logger
  /** Why the trigger cannot be called now; null when it can. */
  obstacle(trigger: TriggerDoc): Promise<FiringReason | null>
  /** Calls the trigger's function. */
  call(trigger: TriggerDoc, signal: AbortSignal): Promise<FiringResult>
  /** Whether this process is as near as any to the app's runtime: it is connected here, or nowhere since it sleeps. */
  isNear(appid: string): boolean | Promise<boolean>
}

/**
 * Fires triggers when they are due. Any number of processes may run one over the same database: a tick belongs to the
 * process whose conditional update moves `nextAt` on from it, so it is fired once, or, when that process dies at this
 * very moment, not at all, and then the history says so.
 */
export class TriggerScheduler implements AsyncDisposable {
  #parts: SchedulerParts
  #firings: Firings
  #calls = new Map<string, Semaphore>()
  #running = new Set<Promise<void>>()
  #stop = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #looking: Promise<void> | null = null
  #again = false
  #sweptAt = 0

  constructor(parts: SchedulerParts) {
    this.#parts = { ...parts, log: parts.log.child({ part: 'triggers' }) }
    this.#firings = new Firings(parts.mongo)
  }

  /** Triggers have changed, or it is time: look now. */
  kick(): void {
    this.#again = true
    if (this.#looking || this.#stop.signal.aborted) return
    this.#looking = this.#look().finally(() => {
      this.#looking = null
    })
  }

  /** Fires a trigger because a person asks for it, beside its ticks. Answers when it has begun. */
  async fireNow(trigger: TriggerDoc, by: string): Promise<FiringDoc> {
    const start: FiringStart = { dueAt: new Date(), cause: 'now', ticks: 1, by }
    const firing = await this.#firings.begin(Firings.id(), trigger, start)
    this.#track(this.#perform(trigger, firing))
    return firing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    const patience = setTimeout(() => this.#stop.abort(), STOP_MS)
    this.#again = false
    await this.#looking
    if (this.#timer) clearTimeout(this.#timer)
    await Promise.all(this.#running)
    clearTimeout(patience)
    this.#stop.abort()
  }

  async #look(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    let waitMs = LOOK_MS
    while (this.#again) {
      this.#again = false
      try {
        waitMs = await this.#fireDue()
        if (performance.now() - this.#sweptAt > SWEEP_MS) {
          this.#sweptAt = performance.now()
          await this.#firings.sweep()
        }
      } catch (error) {
        this.#parts.log.warn({ err: error }, 'due triggers could not be looked at: trying again')
      }
    }
    this.#timer = setTimeout(() => this.kick(), waitMs)
  }

  /** @returns how long nothing is due */
  async #fireDue(): Promise<number> {
    const { triggers } = this.#parts.mongo
    const now = new Date()
    const due = await triggers
      .find({ nextAt: { $lte: now } })
      .sort({ nextAt: 1 })
      .limit(DUE)
      .toArray()
    let waitMs = LOOK_MS
    for (const trigger of due) {
      const lateMs = now.getTime() - trigger.nextAt!.getTime()
      if (lateMs < COURTESY_MS && (await this.#isForOthers(trigger))) waitMs = COURTESY_LOOK_MS
      else
        await this.#take(trigger, trigger.nextAt!, now).catch((error: unknown) =>
          this.#untaken(trigger, error),
        )
    }
    const next = await triggers.findOne({ nextAt: { $gt: now } }, { sort: { nextAt: 1 } })
    return next?.nextAt ? Math.min(waitMs, Math.max(0, next.nextAt.getTime() - Date.now())) : waitMs
  }

  /** The app's runtime is connected to another process, or about to connect: there is something to wait for. */
  async #isForOthers(trigger: TriggerDoc): Promise<boolean> {
    return !(await this.#parts.isNear(trigger.appid)) && (await this.#parts.obstacle(trigger)) === null
  }

  /** Claims a tick; whoever comes second finds that `nextAt` has moved. */
  async #take(trigger: TriggerDoc, due: Date, now: Date): Promise<void> {
    const schedule = openSchedule(trigger.cron, trigger.timeZone)
    const isLate = now.getTime() - due.getTime() > triggerLimits.lateMs
    const ticks = missedTicks(schedule, due, now)
    const isBusy = await this.#isBusy(trigger)
    const isCalled = !isBusy && !(isLate && trigger.missed === 'skip')
    const current = { firingId: Firings.id(), claimedAt: now }
    const { matchedCount } = await this.#parts.mongo.triggers.updateOne(
      { _id: trigger._id, nextAt: due },
      { $set: { nextAt: schedule.after(now), ...(isCalled ? { current } : {}) } },
    )
    if (matchedCount === 0) return
    const start: FiringStart = { dueAt: due, cause: isLate ? 'late' : 'tick', ticks, by: null }
    if (!isCalled) await this.#firings.skip(trigger, start, isBusy ? 'STILL_RUNNING' : 'MISSED')
    else this.#track(this.#fire(trigger, current.firingId, start))
  }

  /** One trigger that cannot be fired must not keep the others from it. */
  #untaken({ appid, _id }: TriggerDoc, error: unknown): void {
    this.#parts.log.error({ err: error, appid, triggerId: _id }, 'a due trigger could not be fired')
  }

  /** Whether the last tick is still being worked on. */
  async #isBusy(trigger: TriggerDoc): Promise<boolean> {
    const { current } = trigger
    if (!current) return false
    const state = await this.#firings.stateOf(current.firingId)
    if (state !== null) return state === 'running'
    if (Date.now() - current.claimedAt.getTime() < RECORD_MS) return true
    await this.#firings.lost(current.firingId, trigger, current.claimedAt)
    return false
  }

  async #fire(trigger: TriggerDoc, firingId: string, start: FiringStart): Promise<void> {
    const reason = await this.#parts.obstacle(trigger)
    if (reason) {
      await this.#firings.skip(trigger, start, reason)
      await this.#release(trigger._id, firingId)
      return
    }
    await this.#perform(trigger, await this.#firings.begin(firingId, trigger, start))
    await this.#release(trigger._id, firingId)
  }

  async #perform(trigger: TriggerDoc, firing: FiringDoc): Promise<void> {
    const { log } = this.#parts
    const fields = { appid: trigger.appid, triggerId: trigger._id, firingId: firing._id }
    const release = this.#firings.keep(firing._id, (error) => {
      log.warn({ err: error, ...fields }, 'a firing could not be kept alive')
    })
    const { signal } = this.#stop
    const failed = (error: unknown): FiringResult => {
      const isStopped = signal.aborted
      if (!isStopped) log.error({ err: error, ...fields }, 'a trigger could not be called')
      return {
        outcome: isStopped ? 'interrupted' : 'failed',
        reason: isStopped ? null : 'INTERNAL',
        status: null,
        durationMs: null,
        requestId: null,
      }
    }
    try {
      const call = async () => {
        signal.throwIfAborted() // it has waited for its turn, and the api stops
        return this.#parts.call(trigger, signal)
      }
      const result = await this.#callsOf(trigger.appid).run(call).catch(failed)
      await this.#firings.end(firing._id, trigger._id, result)
      const { outcome, status, requestId } = result
      log.info({ ...fields, cause: firing.cause, outcome, status, requestId }, 'trigger fired')
    } finally {
      release()
    }
  }

  async #release(triggerId: string, firingId: string): Promise<void> {
    await this.#parts.mongo.triggers.updateOne(
      { _id: triggerId, 'current.firingId': firingId },
      { $set: { current: null } },
    )
  }

  #callsOf(appid: string): Semaphore {
    const existing = this.#calls.get(appid)
    if (existing) return existing
    const calls = new Semaphore(CALLS_PER_APP)
    this.#calls.set(appid, calls)
    return calls
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        this.#parts.log.error({ err: error }, 'what became of a tick could not be recorded')
      })
      .finally(() => this.#running.delete(tracked))
    this.#running.add(tracked)
  }
}
