/** Sessions with their transactions. A session belongs to the user who uses it. */
import { Binary, DateTime, type Doc, doc, isDoc, type Timestamp } from '../bson/values.ts'
import { lsidOf } from '../commands/query-options.ts'
import { NO_RETRY, type Retry } from '../commands/retry.ts'
import { MongoError } from '../errors.ts'
import type { WriteTarget } from '../exec/target.ts'
import type { View } from '../exec/view.ts'
import type { Clock } from '../server/clock.ts'
import { Connection } from '../storage/connection.ts'
import type { Engine } from '../storage/engine.ts'
import { LockTable } from './locks.ts'
import { RetryLog } from './retries.ts'
import { Snapshots } from './snapshots.ts'
import { Transaction } from './transaction.ts'

/** MongoDB's transactionLifetimeLimitSeconds. */
const MAX_TRANSACTION_MS = 60_000
const MAX_OPEN = 100
const SWEEP_RETRIES_MS = 5 * 60_000
const SPARE_CONNECTIONS = 4

interface SessionState {
  number: bigint
  state: 'none' | 'open' | 'committed' | 'aborted'
  transaction: Transaction | undefined
  lastUsed: number
}

/** Where a command reads and writes. */
export interface CommandScope {
  readonly view: View
  readonly target: WriteTarget
  readonly retry: Retry
  readonly transaction: Transaction | undefined
  /** The moment that is read, for the reply of a read with `readConcern: snapshot`. */
  readonly snapshotTime: Timestamp | undefined
}

const TRANSIENT = { labels: ['TransientTransactionError'] }

export class Sessions {
  readonly #engine: Engine
  readonly #locks = new LockTable()
  readonly #sessions = new Map<string, SessionState>()
  readonly #spare: Connection[] = []
  readonly #retries: RetryLog
  readonly #snapshots: Snapshots
  readonly #timer: NodeJS.Timeout
  #open = 0
  #sweptRetries = Date.now()

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine
    this.#snapshots = new Snapshots(engine, clock)
    this.#retries = new RetryLog(engine)
    this.#timer = setInterval(() => this.#sweep(), 5_000)
    this.#timer.unref()
  }

  /** Decides from a command's session fields whether it belongs to a transaction, is retryable, or neither. */
  scope(body: Doc, user: string, command: string, allowed: boolean): CommandScope {
    const txnNumber = body.get('txnNumber')
    const lsid = lsidOf(body)
    const plain = {
      view: this.#engine.committed,
      target: this.#engine.direct,
      retry: NO_RETRY,
      transaction: undefined,
      snapshotTime: undefined,
    }
    if (txnNumber === undefined) {
      if (body.has('startTransaction') || body.has('autocommit'))
        throw new MongoError('InvalidOptions', 'autocommit and startTransaction need a txnNumber')
      const concern = body.get('readConcern')
      if (!isDoc(concern) || concern.get('level') !== 'snapshot') return plain
      const { view, time } = this.#snapshots.at(concern.get('atClusterTime'))
      return { ...plain, view, snapshotTime: time }
    }
    if (typeof txnNumber !== 'bigint' || txnNumber < 0n)
      throw new MongoError('InvalidOptions', 'txnNumber must be a non-negative long')
    if (lsid === undefined)
      throw new MongoError('InvalidOptions', 'Transaction number requires a session ID to also be specified')
    const key = `${user}/${lsid}`
    if (body.get('autocommit') === undefined) {
      if (body.has('startTransaction'))
        throw new MongoError('InvalidOptions', 'startTransaction needs autocommit: false')
      return { ...plain, retry: this.#retries.forCommand(key, txnNumber) }
    }
    if (body.get('autocommit') !== false)
      throw new MongoError('InvalidOptions', 'Specifying autocommit=true is not allowed.')
    if (command === 'commitTransaction' || command === 'abortTransaction') return plain
    if (!allowed)
      throw new MongoError(
        'OperationNotSupportedInTransaction',
        `Cannot run '${command}' in a multi-document transaction.`,
      )
    const transaction =
      body.get('startTransaction') === true
        ? this.#begin(key, txnNumber, body.get('lsid') as Doc)
        : this.#current(key, txnNumber)
    return {
      view: transaction.view,
      target: transaction,
      retry: NO_RETRY,
      transaction,
      snapshotTime: undefined,
    }
  }

  #state(key: string): SessionState {
    let state = this.#sessions.get(key)
    if (!state) {
      state = { number: -1n, state: 'none', transaction: undefined, lastUsed: Date.now() }
      this.#sessions.set(key, state)
    }
    state.lastUsed = Date.now()
    return state
  }

  #begin(key: string, number: bigint, lsid: Doc): Transaction {
    const state = this.#state(key)
    if (number < state.number)
      throw new MongoError(
        'TransactionTooOld',
        `Cannot start transaction ${number} on session because a newer transaction ${state.number} has already started`,
      )
    if (number === state.number && state.state !== 'none')
      throw new MongoError(
        117,
        `Transaction ${number} has been ${state.state === 'open' ? 'started' : state.state}`,
      )
    this.#drop(state, 'aborted')
    if (this.#open >= MAX_OPEN) throw new MongoError('LockTimeout', 'too many open transactions', TRANSIENT)
    const connection = this.#spare.pop() ?? new Connection(this.#engine.file)
    connection.exec('PRAGMA query_only = ON')
    state.transaction = new Transaction(this.#engine, this.#locks, connection, { lsid, number })
    state.number = number
    state.state = 'open'
    this.#open += 1
    return state.transaction
  }

  #current(key: string, number: bigint): Transaction {
    const state = this.#sessions.get(key)
    if (state?.number === number) {
      state.lastUsed = Date.now()
      if (state.transaction) return state.transaction
      if (state.state === 'committed')
        throw new MongoError(
          'TransactionCommitted',
          `Transaction with { txnNumber: ${number} } has been committed.`,
        )
    }
    if (state && number < state.number)
      throw new MongoError(
        'TransactionTooOld',
        `txnNumber ${number} is less than last txnNumber ${state.number} seen in session`,
      )
    throw this.#unknown(number, state)
  }

  #unknown(number: bigint, state: SessionState | undefined): MongoError {
    const why =
      state?.number === number && state.state === 'aborted'
        ? `Transaction with { txnNumber: ${number} } has been aborted.`
        : `Given transaction number ${number} does not match any in-progress transactions. The active transaction number is ${state?.number ?? -1n}`
    return new MongoError('NoSuchTransaction', why, TRANSIENT)
  }

  #drop(state: SessionState, outcome: 'committed' | 'aborted'): void {
    if (!state.transaction) return
    const connection = state.transaction.end(outcome)
    if (this.#spare.length < SPARE_CONNECTIONS) this.#spare.push(connection)
    else connection.close()
    state.transaction = undefined
    state.state = outcome
    this.#open -= 1
  }

  async commit(body: Doc, user: string): Promise<void> {
    const { key, number } = this.#addressed(body, user, 'commitTransaction')
    const state = this.#sessions.get(key)
    const open = state?.number === number ? state.transaction : undefined
    if (!state || !open) {
      if (this.#retries.wasCommitted(key, number)) return
      if (state && number < state.number)
        throw new MongoError(
          'TransactionTooOld',
          `txnNumber ${number} is less than last txnNumber ${state.number} seen in session`,
        )
      throw this.#unknown(number, state)
    }
    try {
      await open.commit(() => this.#retries.rememberCommit(key, number))
      this.#drop(state, 'committed')
    } catch (error) {
      this.#drop(state, 'aborted')
      throw error
    }
  }

  abort(body: Doc, user: string): void {
    const { key, number } = this.#addressed(body, user, 'abortTransaction')
    const state = this.#sessions.get(key)
    if (state?.number !== number || !state.transaction) {
      if (state?.number === number && state.state === 'committed')
        throw new MongoError(
          'TransactionCommitted',
          `Transaction with { txnNumber: ${number} } has been committed.`,
        )
      throw this.#unknown(number, state)
    }
    this.#drop(state, 'aborted')
  }

  #addressed(body: Doc, user: string, command: string): { key: string; number: bigint } {
    const number = body.get('txnNumber')
    const lsid = lsidOf(body)
    if (typeof number !== 'bigint' || lsid === undefined || body.get('autocommit') !== false) {
      throw new MongoError('InvalidOptions', `${command} must be run within a transaction`)
    }
    return { key: `${user}/${lsid}`, number }
  }

  /** An error inside a transaction ends it. */
  abortAfterError(body: Doc, user: string): void {
    const lsid = lsidOf(body)
    const state = lsid === undefined ? undefined : this.#sessions.get(`${user}/${lsid}`)
    if (state && state.number === body.get('txnNumber')) this.#drop(state, 'aborted')
  }

  endSession(user: string, lsid: string): void {
    const key = `${user}/${lsid}`
    const state = this.#sessions.get(key)
    if (state) this.#drop(state, 'aborted')
    this.#sessions.delete(key)
  }

  /** What `$listLocalSessions` tells a user: the session of the command and those with transactions. */
  list(body: Doc, user: string): Doc[] {
    const own = lsidOf(body)
    const used = new Map(own === undefined ? [] : [[own, Date.now()]])
    for (const [key, { lastUsed }] of this.#sessions) {
      const lsid = key.slice(user.length + 1)
      if (key === `${user}/${lsid}` && lsid !== own) used.set(lsid, lastUsed)
    }
    return [...used].map(([lsid, at]) =>
      doc({
        _id: doc({ id: new Binary(new Uint8Array(Buffer.from(lsid, 'hex')), 4) }),
        lastUse: new DateTime(at),
        user,
      }),
    )
  }

  #sweep(): void {
    const now = Date.now()
    this.#snapshots.sweep()
    if (now - this.#sweptRetries > SWEEP_RETRIES_MS) {
      this.#sweptRetries = now
      this.#retries.sweep()
    }
    for (const [key, state] of this.#sessions) {
      if (state.transaction && now - state.transaction.startedAt > MAX_TRANSACTION_MS)
        this.#drop(state, 'aborted')
      if (!state.transaction && now - state.lastUsed > 30 * 60_000) this.#sessions.delete(key)
    }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#snapshots.close()
    for (const state of this.#sessions.values()) this.#drop(state, 'aborted')
    for (const connection of this.#spare) connection.close()
  }
}
