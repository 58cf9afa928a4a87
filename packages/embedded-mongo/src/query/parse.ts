/** Parses a query document into a {@link Filter}. Unknown operators are errors with MongoDB's codes. */
import { compileExpression } from '../aggregate/expression.ts'
import { isNullish, truthy, typeName } from '../bson/types.ts'
import { type Doc, isDoc, Regex, type Value } from '../bson/values.ts'
import { MongoError, notSupported } from '../errors.ts'
import type { QueryContext } from './context.ts'
import type { Filter, Leaf, ParsedFilter } from './filter.ts'
import { compileJsonSchema } from './json-schema.ts'
import { arrayOperators } from './operators/array.ts'
import { bitOperators } from './operators/bits.ts'
import { comparisonOperators, equals, inList } from './operators/comparison.ts'
import { elementOperators } from './operators/element.ts'
import { regexTest } from './operators/regex.ts'

/** Makes the test of one operator; the path is for messages only. */
export type OperatorParser = (
  operand: Value,
  ctx: QueryContext,
  path: string,
) => Pick<Leaf, 'test' | 'expand'>

// Built on first use: `$elemMatch` and this file need one another.
let operators: Record<string, OperatorParser> | undefined

function operatorOf(name: string): OperatorParser | undefined {
  operators ??= { ...comparisonOperators, ...elementOperators, ...arrayOperators, ...bitOperators }
  return Object.hasOwn(operators, name) ? operators[name] : undefined
}

const REFUSED_TOP = new Set(['$where', '$text'])
const REFUSED_FIELD = new Set([
  '$near',
  '$nearSphere',
  '$geoWithin',
  '$geoIntersects',
  '$within',
  '$geoNear',
  '$maxDistance',
])

export function parseFilter(source: Doc, ctx: QueryContext): ParsedFilter {
  return { root: parseQuery(source, ctx), collation: ctx.collation, source }
}

export function parseQuery(source: Doc, ctx: QueryContext): Filter {
  const of: Filter[] = []
  for (const [key, value] of source) {
    if (!key.startsWith('$')) parseField(key, value, ctx, of)
    else {
      const filter = parseTop(key, value, ctx)
      if (filter) of.push(filter)
    }
  }
  return of.length === 1 ? of[0]! : { kind: 'and', of }
}

function parseTop(key: string, value: Value, ctx: QueryContext): Filter | undefined {
  switch (key) {
    case '$and':
    case '$or':
    case '$nor':
      return {
        kind: key.slice(1) as 'and' | 'or' | 'nor',
        of: clauses(key, value).map((c) => parseQuery(c, ctx)),
      }
    case '$expr': {
      const expression = compileExpression(value, ctx)
      return {
        kind: 'whole',
        op: '$expr',
        roots: expression.roots,
        test: (d) => truthy(expression.run({ root: d, vars: ctx.vars })),
        implied: impliedByExpression(value, ctx),
      }
    }
    case '$jsonSchema': {
      if (!isDoc(value)) throw new MongoError('TypeMismatch', '$jsonSchema must be an object')
      return { kind: 'whole', op: '$jsonSchema', roots: undefined, test: compileJsonSchema(value, ctx) }
    }
    case '$comment':
      return undefined
    case '$alwaysTrue':
      return { kind: 'and', of: [] }
    case '$alwaysFalse':
      return { kind: 'or', of: [] }
    case '$sampleRate': {
      const rate = Number(value)
      return { kind: 'whole', op: key, roots: new Set(), test: () => Math.random() < rate }
    }
  }
  if (REFUSED_TOP.has(key)) throw notSupported(key)
  throw new MongoError(
    'BadValue',
    `unknown top level operator: ${key}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
  )
}

/** `{ $eq: ['$field', value] }` as a query predicate, so that an index can serve it. */
function impliedByExpression(value: Value, ctx: QueryContext): Leaf[] {
  const and = isDoc(value) ? value.get('$and') : undefined
  if (Array.isArray(and)) return and.flatMap((v) => impliedByExpression(v, ctx))
  const sides = isDoc(value) ? value.get('$eq') : undefined
  if (!Array.isArray(sides) || sides.length !== 2) return []
  const isField = (v: Value) => typeof v === 'string' && /^\$[^$]/.test(v)
  const [field, other] = isField(sides[0]!) ? sides : [sides[1]!, sides[0]!]
  if (!isField(field!) || isField(other!)) return []
  const { run, roots } = compileExpression(other!, ctx)
  if (!roots || roots.size > 0) return []
  const operand = run({ root: new Map(), vars: ctx.vars })
  // Null equals missing in queries but not here, and arrays are compared as a whole here.
  if (isNullish(operand) || Array.isArray(operand)) return []
  const path = (field as string).slice(1)
  return [leaf(path, '$eq', operand!, equals(operand!, ctx, path))]
}

function clauses(key: string, value: Value): Doc[] {
  if (!Array.isArray(value)) throw new MongoError('BadValue', `${key} must be an array`)
  if (value.length === 0) throw new MongoError('BadValue', '$and/$or/$nor must be a nonempty array')
  return value.map((v) => {
    if (!isDoc(v)) throw new MongoError('BadValue', '$or/$and/$nor entries need to be full objects')
    return v
  })
}

function isOperatorDoc(value: Value): value is Doc {
  if (!isDoc(value)) return false
  const first = value.keys().next()
  if (first.done || !first.value.startsWith('$')) return false
  // A DBRef is a value, not a set of operators.
  return !['$ref', '$id', '$db'].includes(first.value)
}

function leaf(path: string, op: string, operand: Value, made: Pick<Leaf, 'test' | 'expand'>): Leaf {
  return { kind: 'leaf', path, parts: path.split('.'), op, operand, ...made }
}

function parseField(path: string, value: Value, ctx: QueryContext, out: Filter[]): void {
  if (isOperatorDoc(value)) parseOperators(path, value, ctx, out)
  else if (value instanceof Regex) out.push(leaf(path, '$regex', value, regexTest(value)))
  else out.push(leaf(path, '$eq', value, equals(value, ctx, path)))
}

function parseOperators(path: string, source: Doc, ctx: QueryContext, out: Filter[]): void {
  for (const [op, operand] of source) {
    switch (op) {
      case '$ne':
        if (operand instanceof Regex) throw new MongoError('BadValue', "Can't have regex as arg to $ne.")
        out.push({ kind: 'nor', of: [leaf(path, '$eq', operand, equals(operand, ctx, path))] })
        break
      case '$nin':
        out.push({ kind: 'nor', of: [leaf(path, '$in', operand, inList(operand, ctx, path, '$nin'))] })
        break
      case '$not':
        out.push({ kind: 'nor', of: [negated(path, operand, ctx)] })
        break
      case '$exists':
        out.push(exists(path, operand))
        break
      case '$regex':
        out.push(regexLeaf(path, operand, source))
        break
      case '$options':
        if (!source.has('$regex')) throw new MongoError('BadValue', '$options needs a $regex')
        break
      default: {
        const parse = operatorOf(op)
        if (!parse) {
          if (REFUSED_FIELD.has(op)) throw notSupported(op)
          throw new MongoError('BadValue', `unknown operator: ${op}`)
        }
        out.push(leaf(path, op, operand, parse(operand, ctx, path)))
      }
    }
  }
}

function negated(path: string, operand: Value, ctx: QueryContext): Filter {
  if (operand instanceof Regex) return leaf(path, '$regex', operand, regexTest(operand))
  if (!isDoc(operand)) throw new MongoError('BadValue', '$not needs a regex or a document')
  if (operand.size === 0) throw new MongoError('BadValue', '$not cannot be empty')
  for (const key of operand.keys()) {
    if (!key.startsWith('$')) throw new MongoError('BadValue', `unknown operator: ${key}`)
  }
  const of: Filter[] = []
  parseOperators(path, operand, ctx, of)
  return { kind: 'and', of }
}

function exists(path: string, operand: Value): Filter {
  const present = leaf(path, '$exists', true, { expand: false, test: (v) => v !== undefined })
  return truthy(operand) ? present : { kind: 'nor', of: [present] }
}

function regexLeaf(path: string, operand: Value, source: Doc): Filter {
  const options = source.get('$options')
  if (options !== undefined && typeof options !== 'string') {
    throw new MongoError('BadValue', '$options has to be a string')
  }
  if (operand instanceof Regex) {
    if (options !== undefined && operand.flags !== '') {
      throw new MongoError(51075, 'options set in both $regex and $options')
    }
    const regex = new Regex(operand.pattern, options ?? operand.flags)
    return leaf(path, '$regex', regex, regexTest(regex))
  }
  if (typeof operand !== 'string')
    throw new MongoError('BadValue', `$regex has to be a string, not ${typeName(operand)}`)
  const regex = new Regex(operand, options ?? '')
  return leaf(path, '$regex', regex, regexTest(regex))
}
