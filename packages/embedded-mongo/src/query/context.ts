import type { Collation } from '../bson/collation.ts'
import { compareStrings, type StringOrder } from '../bson/compare.ts'
import { DateTime, type Value } from '../bson/values.ts'

/** What queries, updates and expressions are parsed and evaluated with. */
export interface QueryContext {
  readonly collation: Collation | undefined
  readonly strings: StringOrder
  /** `$$NOW`, the same during one command. */
  readonly now: DateTime
  /** `let` variables of the command and of enclosing `$lookup`s. */
  readonly vars: ReadonlyMap<string, Value>
}

export function queryContext(
  collation?: Collation,
  vars: ReadonlyMap<string, Value> = new Map(),
  now = new DateTime(Date.now()),
): QueryContext {
  return { collation, strings: collation?.order ?? compareStrings, now, vars }
}
