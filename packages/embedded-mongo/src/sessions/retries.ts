/** The table of retryable writes: what each statement of a session's last write command did. Survives restarts. */
import { decode } from '../bson/decode.ts'
import { encode } from '../bson/encode.ts'
import { asInteger } from '../bson/types.ts'
import { type Doc, doc, int } from '../bson/values.ts'
import type { Retry, StatementResult } from '../commands/retry.ts'
import { MongoError } from '../errors.ts'
import type { Engine } from '../storage/engine.ts'

const KEEP_MS = 30 * 60_000
/** Statement number under which a committed transaction is remembered. */
const COMMITTED = -1

export class RetryLog {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
    engine.write.exec(`CREATE TABLE IF NOT EXISTS retries (session TEXT NOT NULL, txn INTEGER NOT NULL, statement INTEGER NOT NULL,
      result BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (session, txn, statement)) WITHOUT ROWID`)
    this.sweep()
  }

  sweep(): void {
    this.#engine.writer.exclusive(() =>
      this.#engine.write.run('DELETE FROM retries WHERE at < ?', Date.now() - KEEP_MS),
    )
  }

  #find(session: string, txn: bigint, statement: number): Doc | undefined {
    const row = this.#engine.write.get(
      'SELECT result FROM retries WHERE session = ? AND txn = ? AND statement = ?',
      session,
      txn,
      statement,
    )
    return row && decode(row[0] as Uint8Array)
  }

  #remember(session: string, txn: bigint, statement: number, result: Doc): void {
    const { write } = this.#engine
    write.run('DELETE FROM retries WHERE session = ? AND txn < ?', session, txn)
    write.run(
      'INSERT OR REPLACE INTO retries VALUES (?, ?, ?, ?, ?)',
      session,
      txn,
      statement,
      encode(result),
      Date.now(),
    )
  }

  rememberCommit(session: string, txn: bigint): void {
    this.#remember(session, txn, COMMITTED, doc())
  }

  wasCommitted(session: string, txn: bigint): boolean {
    return this.#find(session, txn, COMMITTED) !== undefined
  }

  /** The retry memory of one command. */
  forCommand(session: string, txn: bigint): Retry {
    const newer = this.#engine.write.get('SELECT 1 FROM retries WHERE session = ? AND txn > ?', session, txn)
    if (newer)
      throw new MongoError(
        'TransactionTooOld',
        `Retryable write with txnNumber ${txn} is prohibited on session because a newer one has already started`,
      )
    return {
      done: (statement) => {
        const found = this.#find(session, txn, statement)
        return found && toResult(found)
      },
      remember: (statement, result) => this.#remember(session, txn, statement, fromResult(result)),
      document: (statement) => this.#find(session, txn, statement),
      rememberDocument: (statement, answer) => this.#remember(session, txn, statement, answer),
    }
  }
}

function fromResult({ matched, modified, upserted }: StatementResult): Doc {
  return doc({ n: int(matched), m: int(modified), u: upserted })
}

function toResult(d: Doc): StatementResult {
  return { matched: asInteger(d.get('n')) ?? 0, modified: asInteger(d.get('m')) ?? 0, upserted: d.get('u') }
}
