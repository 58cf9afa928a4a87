import { asInteger } from '../../bson/types.ts'
import { type Doc, isDoc, Regex, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import type { QueryContext } from '../context.ts'
import { matches } from '../filter.ts'
import { type OperatorParser, parseQuery } from '../parse.ts'
import type { Test } from '../path.ts'
import { equals } from './comparison.ts'
import { regexTest } from './regex.ts'

const size: OperatorParser = (operand) => {
  const n = asInteger(operand)
  if (n === undefined) throw new MongoError('BadValue', `Failed to parse $size. Expected an integer`)
  if (n < 0)
    throw new MongoError('BadValue', `Failed to parse $size. Expected a non-negative number in: $size: ${n}`)
  return { expand: false, test: (v) => Array.isArray(v) && v.length === n }
}

/** Whether `condition` of `$elemMatch` is a set of operators on the element itself, not a query on its fields. */
function onElements(condition: Doc): boolean {
  const first = condition.keys().next()
  return !first.done && first.value.startsWith('$') && !['$and', '$or', '$nor', '$expr'].includes(first.value)
}

/** The test of one array element, for `$elemMatch` here and in projections. */
export function elementTest(condition: Doc, ctx: QueryContext): (element: Value) => boolean {
  if (onElements(condition)) {
    const filter = parseQuery(new Map([['element', condition]]), ctx)
    // An element that is itself an array is compared as a whole.
    return (element) => matches(filter, new Map([['element', Array.isArray(element) ? [element] : element]]))
  }
  const filter = parseQuery(condition, ctx)
  return (element) => {
    if (isDoc(element)) return matches(filter, element)
    if (!Array.isArray(element)) return false
    return matches(filter, new Map(element.map((v, i) => [String(i), v])))
  }
}

const elemMatch: OperatorParser = (operand, ctx) => {
  if (!isDoc(operand)) throw new MongoError('BadValue', '$elemMatch needs an Object')
  const test = elementTest(operand, ctx)
  return { expand: false, test: someElement(test) }
}

/** Passes an array that has an element of the kind, and remembers which. */
function someElement(test: (element: Value) => boolean): Test {
  return (value, state) => {
    const index = Array.isArray(value) ? value.findIndex(test) : -1
    if (index >= 0 && state) state.position = index
    return index >= 0
  }
}

const all: OperatorParser = (operand, ctx, path) => {
  if (!Array.isArray(operand)) throw new MongoError('BadValue', '$all needs an array')
  const tests = operand.map((value): Test => {
    if (isDoc(value) && value.has('$elemMatch')) {
      const condition = value.get('$elemMatch')!
      if (!isDoc(condition)) throw new MongoError('BadValue', '$elemMatch needs an Object')
      return someElement(elementTest(condition, ctx))
    }
    if (isDoc(value) && [...value.keys()][0]?.startsWith('$'))
      throw new MongoError('BadValue', 'no $ expressions in $all')
    const { test } = value instanceof Regex ? regexTest(value) : equals(value, ctx, path)
    const some = someElement(test)
    return (v, state) => test(v) || some(v, state)
  })
  return { expand: false, test: (v, state) => tests.length > 0 && tests.every((test) => test(v, state)) }
}

export const arrayOperators: Record<string, OperatorParser> = {
  $size: size,
  $elemMatch: elemMatch,
  $all: all,
}
