import { type FiringReason, triggerLimits } from '@lathe/shared'
import { ObjectId } from 'mongodb'
import type { FiringDoc, TriggerDoc } from '../mongo/documents.ts'
import type { Mongo } from '../mongo/mongo.ts'

const LEASE_MS = 30_000
const RENEW_MS = 10_000
const SWEPT_AT_A_TIME = 100

/** What became of a call. */
export type FiringResult = Pick<FiringDoc, 'outcome' | 'reason' | 'status' | 'durationMs' | 'requestId'>

/** Who or what wants a firing, and for which tick. */
export type FiringStart = Pick<FiringDoc, 'dueAt' | 'cause' | 'ticks' | 'by'>

const unanswered = { status: null, durationMs: null, requestId: null } as const

/** The histories of triggers: one record per firing, the newest kept. */
export class Firings {
  #mongo: Pick<Mongo, 'firings'>

  constructor(mongo: Pick<Mongo, 'firings'>) {
    this.#mongo = mongo
  }

  /** A fresh id: ids of one trigger sort by time. */
  static id(): string {
    return new ObjectId().toHexString()
  }

  async begin(id: string, { _id, appid }: TriggerDoc, start: FiringStart): Promise<FiringDoc> {
    const firing: FiringDoc = {
      _id: id,
      appid,
      triggerId: _id,
      startedAt: new Date(),
      outcome: 'running',
      reason: null,
      ...unanswered,
      ...start,
      leaseUntil: lease(),
    }
    await this.#mongo.firings.insertOne(firing)
    return firing
  }

  /** Says now and then that the firing is being worked on, until the returned function is called. */
  keep(id: string, failed: (error: unknown) => void): () => void {
    const timer = setInterval(() => {
      this.#mongo.firings
        .updateOne({ _id: id, outcome: 'running' }, { $set: { leaseUntil: lease() } })
        .catch(failed)
    }, RENEW_MS)
    return () => clearInterval(timer)
  }

  async end(id: string, triggerId: string, result: FiringResult): Promise<void> {
    await this.#mongo.firings.updateOne({ _id: id }, { $set: { ...result, leaseUntil: null } })
    await this.#prune(triggerId)
  }

  /** Records that ticks were not called. Equal skips in a row are one record that counts them. */
  async skip({ _id, appid }: TriggerDoc, start: FiringStart, reason: FiringReason): Promise<void> {
    const { firings } = this.#mongo
    const last = await firings.findOne({ triggerId: _id }, { sort: { _id: -1 } })
    const startedAt = new Date()
    if (last?.outcome === 'skipped' && last.reason === reason) {
      const { dueAt, ticks } = start
      await firings.updateOne({ _id: last._id }, { $set: { dueAt, startedAt }, $inc: { ticks } })
      return
    }
    await firings.insertOne({
      _id: Firings.id(),
      appid,
      triggerId: _id,
      startedAt,
      outcome: 'skipped',
      reason,
      ...unanswered,
      ...start,
      leaseUntil: null,
    })
    await this.#prune(_id)
  }

  /** A process claimed a tick and ended before it could say so. */
  async lost(id: string, { _id, appid }: TriggerDoc, claimedAt: Date): Promise<void> {
    await this.#mongo.firings.insertOne({
      _id: id,
      appid,
      triggerId: _id,
      dueAt: claimedAt,
      startedAt: claimedAt,
      outcome: 'interrupted',
      reason: null,
      ...unanswered,
      cause: 'tick',
      ticks: 1,
      by: null,
      leaseUntil: null,
    })
  }

  /** @returns null when it was never recorded */
  async stateOf(id: string): Promise<'running' | 'over' | null> {
    const firing = await this.#mongo.firings.findOne({ _id: id })
    if (!firing) return null
    return firing.leaseUntil && firing.leaseUntil > new Date() ? 'running' : 'over'
  }

  /** Firings whose process is gone: what became of them is not known. */
  async sweep(): Promise<void> {
    const { firings } = this.#mongo
    const stale = await firings
      .find({ leaseUntil: { $lt: new Date() } })
      .limit(SWEPT_AT_A_TIME)
      .toArray()
    for (const { _id, leaseUntil } of stale) {
      await firings.updateOne({ _id, leaseUntil }, { $set: { outcome: 'interrupted', leaseUntil: null } })
    }
  }

  async #prune(triggerId: string): Promise<void> {
    const { firings } = this.#mongo
    const [first] = await firings
      .find({ triggerId })
      .sort({ _id: -1 })
      .skip(triggerLimits.history)
      .limit(1)
      .toArray()
    if (first) await firings.deleteMany({ triggerId, _id: { $lte: first._id } })
  }
}

function lease(): Date {
  return new Date(Date.now() + LEASE_MS)
}
