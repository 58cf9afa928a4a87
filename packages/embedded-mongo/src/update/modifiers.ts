/** One function per update operator: what it does to one place of a document. */
import { compare, isNumeric } from '../bson/compare.ts'
import { add, multiply } from '../bson/numbers.ts'
import { typeName } from '../bson/types.ts'
import {
  clone,
  DateTime,
  type Doc,
  Int32,
  int,
  isDoc,
  type Numeric,
  Timestamp,
  type Value,
} from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { QueryContext } from '../query/context.ts'
import { shellText } from '../storage/shell-text.ts'
import { arrayModifiers } from './array-modifiers.ts'
import type { Place } from './path-walk.ts'

export interface Modifier {
  /** Whether missing documents on the path are made. */
  readonly create: boolean
  apply(place: Place, path: string, document: Doc): void
}
/** Checks the operand once, when the update is parsed. */
export type ModifierParser = (operand: Value, path: string, ctx: QueryContext) => Modifier

const set: ModifierParser = (operand) => ({
  create: true,
  apply: (place) => place.set(clone(operand)),
})

const unset: ModifierParser = () => ({ create: false, apply: (place) => place.remove() })

function arithmetic(op: '$inc' | '$mul'): ModifierParser {
  return (operand, path) => {
    if (!isNumeric(operand)) {
      throw new MongoError(
        'TypeMismatch',
        `Cannot ${op === '$inc' ? 'increment' : 'multiply'} with non-numeric argument: {${path}: ${shellText(operand)}}`,
      )
    }
    const combine = op === '$inc' ? add : multiply
    return {
      create: true,
      apply: (place, at, document) => {
        const current = place.get()
        if (current === undefined) {
          place.set(op === '$inc' ? operand : (multiply(operand, int(0)) as Numeric))
          return
        }
        if (!isNumeric(current)) {
          throw new MongoError(
            'TypeMismatch',
            `Cannot apply ${op} to a value of non-numeric type. {_id: ${shellText(document.get('_id'))}} has the field '${at.split('.').at(-1)}' of non-numeric type ${typeName(current)}`,
          )
        }
        const result = combine(current, operand)
        if (result === undefined) {
          throw new MongoError(
            'BadValue',
            `Failed to apply ${op} operations to current value (${shellText(current)}) for document {_id: ${shellText(document.get('_id'))}}`,
          )
        }
        place.set(result)
      },
    }
  }
}

function extreme(sign: number): ModifierParser {
  return (operand, _path, ctx) => ({
    create: true,
    apply: (place) => {
      const current = place.get()
      if (current === undefined || compare(operand, current, ctx.strings) * sign > 0)
        place.set(clone(operand))
    },
  })
}

let timestampCounter = 0

/** A timestamp that no other of this process equals. */
export function freshTimestamp(): Timestamp {
  timestampCounter = (timestampCounter + 1) % 2 ** 31
  return new Timestamp(Math.floor(Date.now() / 1000), timestampCounter)
}

const currentDate: ModifierParser = (operand, path) => {
  let kind: Value | undefined = 'date'
  if (isDoc(operand)) {
    kind = operand.get('$type')
    if (operand.size !== 1 || (kind !== 'date' && kind !== 'timestamp')) {
      throw new MongoError(
        'BadValue',
        "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}",
      )
    }
  } else if (typeof operand !== 'boolean') {
    throw new MongoError(
      'BadValue',
      `${typeName(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression for '${path}'`,
    )
  }
  return {
    create: true,
    apply: (place) => place.set(kind === 'timestamp' ? freshTimestamp() : new DateTime(Date.now())),
  }
}

const bit: ModifierParser = (operand, path) => {
  if (!isDoc(operand) || operand.size === 0)
    throw new MongoError(
      'BadValue',
      `The $bit modifier is not compatible with a ${typeName(operand)}. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}`,
    )
  for (const [key, v] of operand) {
    if (key !== 'and' && key !== 'or' && key !== 'xor')
      throw new MongoError('BadValue', `The $bit modifier only supports 'and', 'or', and 'xor', not '${key}'`)
    if (!(v instanceof Int32) && typeof v !== 'bigint')
      throw new MongoError(
        'BadValue',
        `The $bit modifier field must be an Integer(32/64 bit); a '${typeName(v)}' is not supported here: {${path}: ${shellText(v)}}`,
      )
  }
  return {
    create: true,
    apply: (place, at, document) => {
      const old = place.get()
      // Null is a value here, not a missing field.
      const current = old === undefined ? int(0) : old
      if (!(current instanceof Int32) && typeof current !== 'bigint') {
        throw new MongoError(
          'BadValue',
          `Cannot apply $bit to a value of non-integral type. {_id: ${shellText(document.get('_id'))}} has the field ${at} of non-integer type ${typeName(current)}`,
        )
      }
      let long = typeof current === 'bigint'
      let n = BigInt(current instanceof Int32 ? current.value : current)
      for (const [key, v] of operand) {
        long ||= typeof v === 'bigint'
        const m = BigInt(v instanceof Int32 ? v.value : (v as bigint))
        n = key === 'and' ? n & m : key === 'or' ? n | m : n ^ m
      }
      place.set(long ? BigInt.asIntN(64, n) : new Int32(Number(BigInt.asIntN(32, n))))
    },
  }
}

export const modifiers: Record<string, ModifierParser> = {
  $set: set,
  $setOnInsert: set,
  $unset: unset,
  $inc: arithmetic('$inc'),
  $mul: arithmetic('$mul'),
  $min: extreme(-1),
  $max: extreme(1),
  $currentDate: currentDate,
  $bit: bit,
  ...arrayModifiers,
}
