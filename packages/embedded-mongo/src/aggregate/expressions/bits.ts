import { isNullish, typeName } from '../../bson/types.ts'
import { Int32, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { type ExpressionOperator, operator } from '../operator.ts'

function whole(name: string, value: Value | undefined): Int32 | bigint {
  if (value instanceof Int32 || typeof value === 'bigint') return value
  throw new MongoError('TypeMismatch', `${name} only supports int and long operands, not ${typeName(value)}`)
}

function fold(name: string, start: bigint, f: (a: bigint, b: bigint) => bigint): ExpressionOperator {
  return operator(0, Infinity, (args) => {
    let total = start
    let long = false
    for (const v of args) {
      if (isNullish(v)) return null
      const n = whole(name, v)
      long ||= typeof n === 'bigint'
      total = f(total, BigInt(n instanceof Int32 ? n.value : n))
    }
    return long ? BigInt.asIntN(64, total) : new Int32(Number(BigInt.asIntN(32, total)))
  })
}

export const bitExpressions: Record<string, ExpressionOperator> = {
  $bitAnd: fold('$bitAnd', -1n, (a, b) => a & b),
  $bitOr: fold('$bitOr', 0n, (a, b) => a | b),
  $bitXor: fold('$bitXor', 0n, (a, b) => a ^ b),
  $bitNot: operator(1, 1, ([v]) => {
    if (isNullish(v)) return null
    const n = whole('$bitNot', v)
    return n instanceof Int32 ? new Int32(~n.value) : ~n
  }),
}
