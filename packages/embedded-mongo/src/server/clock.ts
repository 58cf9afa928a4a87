import { Binary, type Doc, doc, isDoc, Timestamp, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'

/** MongoDB's maxAcceptableLogicalClockDriftSecs. */
const MAX_DRIFT_S = 365 * 24 * 3600

/** The logical clock of the deployment: every tick is later than all before it, also after a restart. */
export class Clock {
  #last: Timestamp

  constructor(last = new Timestamp(0, 0)) {
    this.#last = last
  }

  tick(): Timestamp {
    const now = Math.floor(Date.now() / 1000)
    this.#last = now > this.#last.t ? new Timestamp(now, 1) : new Timestamp(this.#last.t, this.#last.i + 1)
    return this.#last
  }

  /** Catches up with a time seen before a restart. */
  advance(to: Timestamp): void {
    if (to.t > this.#last.t || (to.t === this.#last.t && to.i > this.#last.i)) this.#last = to
  }

  get now(): Timestamp {
    if (this.#last.t === 0) this.tick()
    return this.#last
  }

  /** Refuses a `$clusterTime` that no server can have given: one of the far future would stop the clocks of clients. */
  check(gossip: Value | undefined): void {
    if (gossip === undefined) return
    const time = isDoc(gossip) ? gossip.get('clusterTime') : undefined
    if (!(time instanceof Timestamp))
      throw new MongoError('TypeMismatch', '$clusterTime.clusterTime must be a timestamp')
    if (time.t > Date.now() / 1000 + MAX_DRIFT_S)
      throw new MongoError(210, "New cluster time is too far from this node's wall clock time")
  }

  /** The fields that sessions gossip. The signature is empty: there is no other member to check it. */
  stamp(reply: Doc): void {
    const signature = doc({ hash: new Binary(new Uint8Array(20)), keyId: 0n })
    reply.set('$clusterTime', doc({ clusterTime: this.now, signature }))
    reply.set('operationTime', this.now)
  }
}
