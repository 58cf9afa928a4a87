import type { Doc, Value } from '../bson/values.ts'

/** What one statement of a write command did. */
export interface StatementResult {
  readonly matched: number
  readonly modified: number
  readonly upserted: Value | undefined
}

/**
 * Retryable writes: statements of one command that were already carried out are answered from memory. What was done is
 * remembered inside the unit that does it.
 */
export interface Retry {
  done(statement: number): StatementResult | undefined
  remember(statement: number, result: StatementResult): void
  /** The whole answer of a findAndModify. */
  document(statement: number): Doc | undefined
  rememberDocument(statement: number, answer: Doc): void
}

/** For commands that carry no transaction number. */
export const NO_RETRY: Retry = {
  done: () => undefined,
  remember: () => {},
  document: () => undefined,
  rememberDocument: () => {},
}
