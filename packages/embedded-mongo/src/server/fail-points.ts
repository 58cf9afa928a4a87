/**
 * MongoDB's fail points, with which the specification suites of the drivers make a server misbehave
 * (github.com/mongodb/mongo/wiki/The-failCommand-Fail-Point). There only where the setting for test commands is on.
 */
import { setTimeout } from 'node:timers/promises'
import { asInteger } from '../bson/types.ts'
import { type Doc, doc, int, isDoc } from '../bson/values.ts'
import { MongoError, notSupported } from '../errors.ts'
import { ProtocolViolation } from '../wire/message.ts'

/** What each fail point takes as `data`. */
const KNOWN: Record<string, readonly string[]> = {
  failCommand: [
    'failCommands',
    'errorCode',
    'errorLabels',
    'closeConnection',
    'writeConcernError',
    'blockConnection',
    'blockTimeMS',
    'appName',
  ],
  // The suites name the command and a message here too.
  failGetMoreAfterCursorCheckout: ['failCommands', 'errmsg', 'errorCode', 'closeConnection'],
  onPrimaryTransactionalWrite: ['closeConnection', 'failBeforeCommitExceptionCode'],
  maxTimeAlwaysTimeOut: [],
  maxTimeNeverTimeOut: [],
}

/** Codes after which drivers try a write again, as the server labels them. */
const RETRYABLE = [6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]
/** LockTimeout, WriteConflict, SnapshotUnavailable, NoSuchTransaction and their kin: a transaction may be tried again. */
const TRANSIENT = [24, 112, 246, 251, 267]
/** Codes after which drivers open a change stream again. */
const RESUMABLE = [...RETRYABLE, 43, 63, 133, 150, 234, 13388]
const ENDINGS = ['commitTransaction', 'abortTransaction']

interface FailPoint {
  readonly data: Doc
  skip: number
  times: number
}

/** The parts of a command that decide whether it fails, and how. */
interface Victim {
  readonly name: string
  readonly body: Doc
  readonly appName: string | undefined
}

export class FailPoints {
  readonly #active = new Map<string, FailPoint>()
  #count = 0

  /** The `configureFailPoint` command. */
  configure(body: Doc): Doc {
    const name = String(body.get('configureFailPoint'))
    const known = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined
    if (!known) throw notSupported(`fail point ${name}`)
    const mode = body.get('mode')
    const data = body.get('data') ?? doc()
    if (!isDoc(data)) throw new MongoError('BadValue', 'data must be an object')
    for (const key of data.keys()) if (!known.includes(key)) throw notSupported(`${name}'s ${key}`)
    const [skip, times] = isDoc(mode) ? [mode.get('skip'), mode.get('times')] : []
    if (mode === 'off') this.#active.delete(name)
    else this.#active.set(name, { data, skip: asInteger(skip) ?? 0, times: asInteger(times) ?? Infinity })
    return doc({ count: int(this.#count), ok: 1 })
  }

  /** Runs a command as the active fail points have it: late, not at all, or with an error beside its reply. */
  async around(victim: Victim, run: () => Promise<Doc>): Promise<Doc> {
    const { name, body } = victim
    if (name === 'configureFailPoint') return run()
    if (body.has('maxTimeMS') && this.#take('maxTimeAlwaysTimeOut'))
      throw new MongoError('MaxTimeMSExpired', 'operation exceeded time limit')
    const write = body.has('txnNumber') && !body.has('autocommit')
    const torn = write ? this.#take('onPrimaryTransactionalWrite') : undefined
    if (torn) return this.#tear(torn, run)
    const late = name === 'getMore' ? this.#take('failGetMoreAfterCursorCheckout') : undefined
    const data = late ?? this.#take('failCommand', (d) => concerns(d, victim))
    if (!data) return run()
    if (data.get('blockConnection') === true) await setTimeout(asInteger(data.get('blockTimeMS')) ?? 0)
    if (data.get('closeConnection') === true) throw closed()
    const code = asInteger(data.get('errorCode'))
    if (code !== undefined && !data.has('writeConcernError')) {
      const labels =
        late && RESUMABLE.includes(code) ? ['ResumableChangeStreamError'] : labelsOf(data, code, body)
      throw new MongoError(code, `Failing command via fail point`, { labels })
    }
    const reply = await run()
    const concern = data.get('writeConcernError')
    if (!isDoc(concern)) return reply
    reply.set('writeConcernError', concern)
    // A write concern is no matter of the statements inside a transaction.
    const labels = isInside(body) ? [] : labelsOf(data, asInteger(concern.get('code')) ?? 0, body)
    return labels.length > 0 ? reply.set('errorLabels', labels) : reply
  }

  /** A retryable write that fails before its commit, or whose client does not hear of it. */
  async #tear(data: Doc, run: () => Promise<Doc>): Promise<Doc> {
    const code = asInteger(data.get('failBeforeCommitExceptionCode'))
    if (code === undefined) await run()
    if (data.get('closeConnection') !== false) throw closed()
    throw new MongoError(code ?? 1, 'Failing write via fail point')
  }

  #take(name: string, concerned: (data: Doc) => boolean = () => true): Doc | undefined {
    const point = this.#active.get(name)
    if (!point || !concerned(point.data)) return undefined
    if (point.skip > 0) {
      point.skip -= 1
      return undefined
    }
    point.times -= 1
    this.#count += 1
    if (point.times <= 0) this.#active.delete(name)
    return point.data
  }
}

function concerns(data: Doc, { name, appName }: Victim): boolean {
  const commands = data.get('failCommands')
  const wanted = data.get('appName')
  return Array.isArray(commands) && commands.includes(name) && (wanted === undefined || wanted === appName)
}

function closed(): ProtocolViolation {
  return new ProtocolViolation('a fail point closes the connection')
}

function labelsOf(data: Doc, code: number, body: Doc): string[] {
  const given = data.get('errorLabels')
  if (Array.isArray(given)) return given.map(String)
  if (body.has('autocommit') && TRANSIENT.includes(code)) return ['TransientTransactionError']
  if (!RETRYABLE.includes(code)) return []
  if (isInside(body)) return ['TransientTransactionError']
  return body.has('txnNumber') ? ['RetryableWriteError'] : []
}

/** Whether the command is a statement of a transaction, not its end. */
function isInside(body: Doc): boolean {
  const name = String(body.keys().next().value)
  return body.get('autocommit') === false && !ENDINGS.includes(name)
}
