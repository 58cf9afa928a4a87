/**
 * MongoDB's `failCommand` fail point, with which the specification suites of the drivers make a server misbehave
 * (github.com/mongodb/mongo/wiki/The-failCommand-Fail-Point). There only where the setting for test commands is on.
 */
import { setTimeout } from 'node:timers/promises'
import { asInteger } from '../bson/types.ts'
import { type Doc, doc, int, isDoc, type Value } from '../bson/values.ts'
import { MongoError, notSupported } from '../errors.ts'
import { ProtocolViolation } from '../wire/message.ts'

const KNOWN = [
  'failCommands',
  'errorCode',
  'errorLabels',
  'closeConnection',
  'writeConcernError',
  'blockConnection',
  'blockTimeMS',
  'appName',
]
/** Codes after which drivers try a write again, as the server labels them. */
const RETRYABLE = [6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]
/** WriteConflict and SnapshotUnavailable: a transaction may be tried again. */
const CONFLICTS = [112, 246]
const ENDINGS = ['commitTransaction', 'abortTransaction']
const NEVER_FAILED = ['configureFailPoint', 'hello', 'isMaster', 'ismaster']

interface FailPoint {
  readonly data: Doc
  readonly commands: readonly Value[]
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
  #active: FailPoint | undefined
  #count = 0

  /** The `configureFailPoint` command. */
  configure(body: Doc): Doc {
    const name = body.get('configureFailPoint')
    if (name !== 'failCommand') throw notSupported(`fail point ${String(name)}`)
    const mode = body.get('mode')
    if (mode === 'off') this.#active = undefined
    else {
      const data = body.get('data')
      if (!isDoc(data)) throw new MongoError('BadValue', 'data must be an object')
      for (const key of data.keys()) if (!KNOWN.includes(key)) throw notSupported(`failCommand's ${key}`)
      const commands = data.get('failCommands')
      if (!Array.isArray(commands)) throw new MongoError('BadValue', 'failCommands must be an array')
      const [skip, times] = isDoc(mode) ? [mode.get('skip'), mode.get('times')] : []
      this.#active = { data, commands, skip: asInteger(skip) ?? 0, times: asInteger(times) ?? Infinity }
    }
    return doc({ count: int(this.#count), ok: 1 })
  }

  /** Runs a command as the active fail point has it: late, not at all, or with an error beside its reply. */
  async around(victim: Victim, run: () => Promise<Doc>): Promise<Doc> {
    const data = this.#take(victim)
    if (!data) return run()
    if (data.get('blockConnection') === true) await setTimeout(asInteger(data.get('blockTimeMS')) ?? 0)
    if (data.get('closeConnection') === true)
      throw new ProtocolViolation('a fail point closes the connection')
    const code = asInteger(data.get('errorCode'))
    if (code !== undefined && !data.has('writeConcernError')) {
      throw new MongoError(code, `Failing command via 'failCommand' failpoint`, {
        labels: labelsOf(data, code, victim.body),
      })
    }
    const reply = await run()
    const concern = data.get('writeConcernError')
    if (!isDoc(concern)) return reply
    reply.set('writeConcernError', concern)
    const labels = labelsOf(data, asInteger(concern.get('code')) ?? 0, victim.body)
    return labels.length > 0 ? reply.set('errorLabels', labels) : reply
  }

  #take({ name, appName }: Victim): Doc | undefined {
    const active = this.#active
    if (!active?.commands.includes(name) || (NEVER_FAILED.includes(name) && !active.data.has('appName')))
      return undefined
    const wanted = active.data.get('appName')
    if (wanted !== undefined && wanted !== appName) return undefined
    if (active.skip > 0) {
      active.skip -= 1
      return undefined
    }
    active.times -= 1
    this.#count += 1
    if (active.times <= 0) this.#active = undefined
    return active.data
  }
}

function labelsOf(data: Doc, code: number, body: Doc): string[] {
  const given = data.get('errorLabels')
  if (Array.isArray(given)) return given.map(String)
  if (!RETRYABLE.includes(code) && !CONFLICTS.includes(code)) return []
  const name = String(body.keys().next().value)
  const inside = body.get('autocommit') === false && !ENDINGS.includes(name)
  if (inside) return ['TransientTransactionError']
  return body.has('txnNumber') && RETRYABLE.includes(code) ? ['RetryableWriteError'] : []
}
