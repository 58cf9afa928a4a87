/** `$push`, `$addToSet`, `$pop`, `$pull`, `$pullAll`. */
import { compare, equal } from '../bson/compare.ts'
import { asInteger, typeName } from '../bson/types.ts'
import { clone, type Doc, isDoc, Regex, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { QueryContext } from '../query/context.ts'
import { matches } from '../query/filter.ts'
import { elementTest } from '../query/operators/array.ts'
import { regexTest } from '../query/operators/regex.ts'
import { parseQuery } from '../query/parse.ts'
import { sortComparator, sortSpec } from '../query/sort.ts'
import { shellText } from '../storage/shell-text.ts'
import type { ModifierParser } from './modifiers.ts'
import type { Place } from './path-walk.ts'

function arrayAt(place: Place, path: string, document: Doc, op: string): Value[] | undefined {
  const current = place.get()
  if (current === undefined || Array.isArray(current)) return current
  if (op === '$push') {
    throw new MongoError(
      'BadValue',
      `The field '${path}' must be an array but is of type ${typeName(current)} in document {_id: ${shellText(document.get('_id'))}}`,
    )
  }
  if (op === '$addToSet')
    throw new MongoError(
      'BadValue',
      `Cannot apply $addToSet to non-array field. Field named '${path}' has non-array type ${typeName(current)}`,
    )
  if (op === '$pop')
    throw new MongoError(
      'TypeMismatch',
      `Path '${path}' contains an element of non-array type '${typeName(current)}'`,
    )
  throw new MongoError('BadValue', `Cannot apply ${op} to a non-array value`)
}

/** The values of `{ $each: [...] }`, or the one value. */
function eachOf(op: string, operand: Value): Value[] {
  if (!isDoc(operand) || !operand.has('$each')) return [operand]
  const each = operand.get('$each')!
  if (!Array.isArray(each))
    throw new MongoError(
      'TypeMismatch',
      `The argument to $each in ${op} must be an array but it was of type ${typeName(each)}`,
    )
  return each
}

function wholeModifier(operand: Doc, name: string): number | undefined {
  const value = operand.get(name)
  if (value === undefined) return undefined
  const n = asInteger(value)
  if (n === undefined)
    throw new MongoError(
      'BadValue',
      `The value for ${name} must be an integer value but was given type: ${typeName(value)}`,
    )
  return n
}

function pushOrder(operand: Doc, ctx: QueryContext): ((a: Value, b: Value) => number) | undefined {
  const sort = operand.get('$sort')
  if (sort === undefined) return undefined
  if (!isDoc(sort)) {
    const direction = asInteger(sort)
    if (direction !== 1 && direction !== -1)
      throw new MongoError('BadValue', 'The $sort element value must be either 1 or -1')
    return (a, b) => direction * compare(a, b, ctx.strings)
  }
  const fields = sortSpec(sort)
  if (fields.length === 0)
    throw new MongoError('BadValue', 'The $sort pattern is empty when it should be a set of fields.')
  const order = sortComparator(fields, ctx.strings)
  const asDoc = (v: Value): Doc => (isDoc(v) ? v : new Map())
  return (a, b) => order(asDoc(a), asDoc(b))
}

const push: ModifierParser = (operand, path, ctx) => {
  const values = eachOf('$push', operand)
  const modified = isDoc(operand) && operand.has('$each')
  if (modified) {
    for (const key of operand.keys()) {
      if (!['$each', '$slice', '$sort', '$position'].includes(key)) {
        throw new MongoError('BadValue', `Unrecognized clause in $push: ${key}`)
      }
    }
  }
  const slice = modified ? wholeModifier(operand, '$slice') : undefined
  const position = modified ? wholeModifier(operand, '$position') : undefined
  const order = modified ? pushOrder(operand, ctx) : undefined
  return {
    create: true,
    apply: (place, _at, document) => {
      const array = [...(arrayAt(place, path, document, '$push') ?? [])]
      const at =
        position === undefined ? array.length : position < 0 ? Math.max(0, array.length + position) : position
      array.splice(at, 0, ...values.map((v) => clone(v)))
      if (order) array.sort(order)
      place.set(slice === undefined ? array : slice >= 0 ? array.slice(0, slice) : array.slice(slice))
    },
  }
}

const addToSet: ModifierParser = (operand, path, ctx) => {
  const values = eachOf('$addToSet', operand)
  if (isDoc(operand) && operand.has('$each') && operand.size > 1) {
    throw new MongoError(
      'BadValue',
      `Found unexpected fields after $each in $addToSet: ${shellText(operand)}`,
    )
  }
  return {
    create: true,
    apply: (place, _at, document) => {
      const array = [...(arrayAt(place, path, document, '$addToSet') ?? [])]
      for (const v of values) if (!array.some((w) => equal(v, w, ctx.strings))) array.push(clone(v))
      place.set(array)
    },
  }
}

const pop: ModifierParser = (operand, path) => {
  const n = asInteger(operand)
  if (n !== 1 && n !== -1)
    throw new MongoError('FailedToParse', `$pop expects 1 or -1, found: ${shellText(operand)}`)
  return {
    create: false,
    apply: (place, _at, document) => {
      const array = arrayAt(place, path, document, '$pop')
      if (array && array.length > 0) place.set(n === 1 ? array.slice(0, -1) : array.slice(1))
    },
  }
}

/** What `$pull` removes: elements that match a query, a set of operators, or equal a value. */
function pullTest(operand: Value, ctx: QueryContext): (element: Value) => boolean {
  if (operand instanceof Regex) return regexTest(operand).test
  if (!isDoc(operand)) return (element) => equal(element, operand, ctx.strings)
  const first = [...operand.keys()][0]
  if (first?.startsWith('$') && !['$and', '$or', '$nor', '$ref', '$id', '$db'].includes(first))
    return elementTest(operand, ctx)
  const filter = parseQuery(operand, ctx)
  return (element) => isDoc(element) && matches(filter, element)
}

const pull: ModifierParser = (operand, path, ctx) => {
  const test = pullTest(operand, ctx)
  return {
    create: false,
    apply: (place, _at, document) => {
      const array = arrayAt(place, path, document, '$pull')
      if (array) place.set(array.filter((element) => !test(element)))
    },
  }
}

const pullAll: ModifierParser = (operand, path, ctx) => {
  if (!Array.isArray(operand))
    throw new MongoError(
      'BadValue',
      `$pullAll requires an array argument but was given a ${typeName(operand)}`,
    )
  return {
    create: false,
    apply: (place, _at, document) => {
      const array = arrayAt(place, path, document, '$pullAll')
      if (array) place.set(array.filter((element) => !operand.some((v) => equal(element, v, ctx.strings))))
    },
  }
}

export const arrayModifiers: Record<string, ModifierParser> = {
  $push: push,
  $addToSet: addToSet,
  $pop: pop,
  $pull: pull,
  $pullAll: pullAll,
}
