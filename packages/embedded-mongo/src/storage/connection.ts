import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { MongoError } from '../errors.ts'

/** One SQLite connection with its prepared statements. Rows are arrays. */
export class Connection {
  readonly db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(file: string, { readOnly = false } = {}) {
    this.db = new DatabaseSync(file, { readOnly, timeout: 5000 })
  }

  statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      // Statements of dropped collections would pile up for ever.
      if (this.#statements.size > 2000) this.#statements.clear()
      statement = this.db.prepare(sql)
      statement.setReturnArrays(true)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  all(sql: string, ...params: SQLInputValue[]): unknown[][] {
    return this.statement(sql).all(...params) as unknown as unknown[][]
  }

  get(sql: string, ...params: SQLInputValue[]): unknown[] | undefined {
    return this.statement(sql).get(...params) as unknown as unknown[] | undefined
  }

  run(sql: string, ...params: SQLInputValue[]): void {
    this.statement(sql).run(...params)
  }

  exec(sql: string): void {
    this.db.exec(sql)
  }

  close(): void {
    this.#statements.clear()
    this.db.close()
  }
}

const SQLITE_FULL = 13
const SQLITE_READONLY = 8
const SQLITE_IOERR = 10

/** A SQLite failure as the MongoDB error that a client understands. */
export function asMongoError(error: unknown): MongoError | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  const primary = error.errcode & 0xff
  if (primary === SQLITE_FULL)
    return new MongoError('OutOfDiskSpace', `the disk of the embedded database is full: ${error.message}`)
  if (primary === SQLITE_READONLY || primary === SQLITE_IOERR) {
    return new MongoError('OperationFailed', `the embedded database cannot write its files: ${error.message}`)
  }
  if (/no such table/.test(error.message)) {
    return new MongoError(175, 'the collection or index was dropped while the operation ran')
  }
  return new MongoError('InternalError', `storage: ${error.message}`)
}
