/** Options that several commands share. */

import { compileExpression } from '../aggregate/expression.ts'
import { checkVariable } from '../aggregate/expressions/mapping.ts'
import { type Collation, parseCollation } from '../bson/collation.ts'
import type { Doc, Value } from '../bson/values.ts'
import { isDoc } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import { type QueryContext, queryContext } from '../query/context.ts'
import type { CursorOwner } from '../server/cursors.ts'
import type { Collection } from '../storage/collection.ts'
import type { Args, Request } from './command.ts'

/** The command's collation, or the collection's own. */
export function collationFor(
  given: Value | undefined,
  collection: Collection | undefined,
): Collation | undefined {
  return parseCollation(given ?? collection?.defaultCollation)
}

/** Context of a command's queries: its collation and its `let` variables. */
export function contextFor(
  args: Args,
  collection: Collection | undefined,
  collation = args.get('collation'),
): QueryContext {
  const base = queryContext(collationFor(collation, collection))
  return withLet(base, args.get('let'))
}

export function withLet(base: QueryContext, variables: Value | undefined): QueryContext {
  if (variables === undefined) return base
  if (!isDoc(variables)) throw new MongoError('TypeMismatch', "'let' must be an object")
  const vars = new Map(base.vars)
  for (const [name, v] of variables) {
    const value = compileExpression(v, base).run({ root: new Map(), vars: base.vars })
    if (value !== undefined) vars.set(checkVariable(name), value)
  }
  return { ...base, vars }
}

export function ownerOf({ client, args }: Pick<Request, 'client' | 'args'>): CursorOwner {
  const txnNumber = args.get('txnNumber')
  return {
    user: client.userName,
    lsid: lsidOf(args.body),
    txnNumber: args.get('autocommit') === false && typeof txnNumber === 'bigint' ? txnNumber : undefined,
  }
}

/** The session id in hexadecimal. */
export function lsidOf(body: Doc): string | undefined {
  const lsid = body.get('lsid')
  const id = isDoc(lsid) ? lsid.get('id') : undefined
  return id !== null && typeof id === 'object' && 'bytes' in id
    ? Buffer.from(id.bytes).toString('hex')
    : undefined
}
