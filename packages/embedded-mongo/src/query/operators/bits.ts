import { isNumeric } from '../../bson/compare.ts'
import { toNumber, truncate } from '../../bson/numbers.ts'
import { asInteger } from '../../bson/types.ts'
import { Binary, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import type { OperatorParser } from '../parse.ts'

/** Positions of the bits that an operand names: a mask number, a mask binary, or a list of positions. */
function positions(op: string, operand: Value): number[] {
  if (Array.isArray(operand)) {
    return operand.map((v) => {
      const n = asInteger(v)
      if (n === undefined || n < 0)
        throw new MongoError('BadValue', `bit positions of ${op} must be whole and >= 0`)
      return n
    })
  }
  const out: number[] = []
  if (operand instanceof Binary) {
    for (let i = 0; i < operand.bytes.length * 8; i++) if (bitOfBinary(operand, i)) out.push(i)
    return out
  }
  const mask = isNumeric(operand) && asInteger(operand) !== undefined ? truncate(operand) : undefined
  if (mask === undefined || mask < 0n) {
    throw new MongoError(
      'BadValue',
      `${op} takes an Array, a number, or a BinData but received: ${String(operand)}`,
    )
  }
  for (let i = 0; i < 64; i++) if ((mask >> BigInt(i)) & 1n) out.push(i)
  return out
}

function bitOfBinary(value: Binary, position: number): boolean {
  return ((value.bytes[position >> 3] ?? 0) & (1 << (position & 7))) !== 0
}

function bits(op: string, decide: (set: number, total: number) => boolean): OperatorParser {
  return (operand) => {
    const wanted = positions(op, operand)
    return {
      expand: true,
      test: (v) => {
        let set = 0
        if (v instanceof Binary) for (const p of wanted) set += bitOfBinary(v, p) ? 1 : 0
        else if (isNumeric(v) && Number.isInteger(toNumber(v))) {
          const n = truncate(v)!
          if (BigInt.asIntN(64, n) !== n) return false
          // Positions past 63 carry the sign, as in two's complement without end.
          for (const p of wanted) set += (n >> BigInt(Math.min(p, 63))) & 1n ? 1 : 0
        } else return false
        return decide(set, wanted.length)
      },
    }
  }
}

export const bitOperators: Record<string, OperatorParser> = {
  $bitsAllSet: bits('$bitsAllSet', (set, total) => set === total),
  $bitsAllClear: bits('$bitsAllClear', (set) => set === 0),
  $bitsAnySet: bits('$bitsAnySet', (set) => set > 0),
  $bitsAnyClear: bits('$bitsAnyClear', (set, total) => set < total),
}
