import { isNullish, typeName } from '../../bson/types.ts'
import { type Doc, doc, isDoc, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { type Compiler, type ExpressionOperator, namedArguments, operator, type Run } from '../operator.ts'

const mergeObjects = operator(0, Infinity, (args) => {
  const out: Doc = new Map()
  // One array argument is the list of documents.
  const list = args.length === 1 && Array.isArray(args[0]) ? args[0] : args
  for (const v of list) {
    if (isNullish(v)) continue
    if (!isDoc(v))
      throw new MongoError(40400, `$mergeObjects requires object inputs, but input is of type ${typeName(v)}`)
    for (const [key, value] of v) out.set(key, value)
  }
  return out
})

const objectToArray = operator(1, 1, ([v]) => {
  if (isNullish(v)) return null
  if (!isDoc(v))
    throw new MongoError(40390, `$objectToArray requires a document input, found: ${typeName(v)}`)
  return [...v].map(([k, value]) => doc({ k, v: value }))
})

const arrayToObject = operator(1, 1, ([v]) => {
  if (isNullish(v)) return null
  if (!Array.isArray(v))
    throw new MongoError(40386, `$arrayToObject requires an array input, found: ${typeName(v)}`)
  const out: Doc = new Map()
  for (const entry of v) {
    let key: Value | undefined
    let value: Value | undefined
    if (Array.isArray(entry) && entry.length === 2) [key, value] = entry
    else if (isDoc(entry) && entry.size === 2 && entry.has('k') && entry.has('v')) {
      key = entry.get('k')
      value = entry.get('v')
    } else
      throw new MongoError(
        40392,
        '$arrayToObject requires an object with keys of k and v, or an array of pairs',
      )
    if (typeof key !== 'string')
      throw new MongoError(40394, `$arrayToObject requires string keys, found: ${typeName(key)}`)
    if (key.includes('\0')) throw new MongoError(4940401, 'Key field cannot contain an embedded null byte')
    out.set(key, value!)
  }
  return out
})

function constantName(name: string, value: Value | undefined, compiler: Compiler): Run {
  if (value === undefined) throw new MongoError(3041702, `${name} requires 'field' to be specified`)
  if (typeof value === 'string' && !value.startsWith('$')) return () => value
  if (isDoc(value)) return compiler.compile(value)
  throw new MongoError(5654600, `${name} requires 'field' to evaluate to a constant string`)
}

const getField: ExpressionOperator = (operand, compiler) => {
  const named =
    isDoc(operand) && (operand.has('field') || operand.has('input'))
      ? namedArguments('$getField', operand, ['field'], ['input'])
      : new Map<string, Value>([['field', operand]])
  const field = constantName('$getField', named.get('field'), compiler)
  const input = compiler.compile(named.get('input') ?? '$$ROOT')
  return (env) => {
    const key = field(env)
    if (typeof key !== 'string')
      throw new MongoError(3041704, "$getField requires 'field' to evaluate to type String")
    const from = input(env)
    if (isNullish(from)) return from === undefined ? undefined : null
    return isDoc(from) ? from.get(key) : undefined
  }
}

function setField(operand: Value, compiler: Compiler, name: string): Run {
  const unset = name === '$unsetField'
  const named = namedArguments(name, operand, unset ? ['field', 'input'] : ['field', 'input', 'value'])
  const field = constantName(name, named.get('field'), compiler)
  const input = compiler.compile(named.get('input')!)
  const value: Run = unset ? () => undefined : compiler.compile(named.get('value')!)
  return (env) => {
    const from = input(env)
    if (isNullish(from)) return null
    if (!isDoc(from)) throw new MongoError(4161105, `${name} requires 'input' to evaluate to type Object`)
    const key = field(env)
    if (typeof key !== 'string')
      throw new MongoError(4161108, `${name} requires 'field' to evaluate to type String`)
    const out = new Map(from)
    const v = value(env)
    if (v === undefined) out.delete(key)
    else out.set(key, v)
    return out
  }
}

export const objectExpressions: Record<string, ExpressionOperator> = {
  $mergeObjects: mergeObjects,
  $objectToArray: objectToArray,
  $arrayToObject: arrayToObject,
  $getField: getField,
  $setField: setField,
  $unsetField: setField,
}
