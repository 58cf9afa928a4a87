import type { Doc, Value } from '../bson/values.ts'
import type { WriteTarget } from '../exec/target.ts'

/** What one statement of a write command did. */
export interface StatementResult {
  readonly matched: number
  readonly modified: number
  readonly upserted: Value | undefined
}

/** Retryable writes: statements of one command that were already carried out are answered from memory. */
export interface Retry {
  done(statement: number): StatementResult | undefined
  /** Inside the unit that carries the statement out. */
  remember(statement: number, result: StatementResult): void
  once(statement: number, target: WriteTarget, run: () => Promise<StatementResult>): Promise<StatementResult>
  /** The whole answer of a findAndModify. */
  document(statement: number): Doc | undefined
  rememberDocument(statement: number, target: WriteTarget, answer: Doc): void
}

/** For commands that carry no transaction number. */
export const NO_RETRY: Retry = {
  done: () => undefined,
  remember: () => {},
  once: (_statement, _target, run) => run(),
  document: () => undefined,
  rememberDocument: () => {},
}
