import { compare, isNumeric } from '../../bson/compare.ts'
import { asInteger, isNullish, truthy, typeName } from '../../bson/types.ts'
import { type Doc, int, isDoc, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { sortComparator, sortSpec } from '../../query/sort.ts'
import { type ExpressionOperator, namedArguments, operator } from '../operator.ts'

const MAX_RANGE = 2_000_000

function index(name: string, value: Value | undefined, code: number): number {
  const n = asInteger(value)
  if (n === undefined || !isNumeric(value)) {
    throw new MongoError(
      code,
      `${name} requires a numeric argument that is a 32-bit integer, not ${typeName(value)}`,
    )
  }
  return n
}

const arrayElemAt = operator(2, 2, ([array, at]) => {
  if (isNullish(array) || isNullish(at)) return null
  if (!Array.isArray(array))
    throw new MongoError(28689, `$arrayElemAt's first argument must be an array, but is ${typeName(array)}`)
  const i = index('$arrayElemAt', at, 28690)
  return array[i < 0 ? array.length + i : i]
})

function end(name: string, pick: (a: Value[]) => Value | undefined): ExpressionOperator {
  return operator(1, 1, ([v]) => {
    if (isNullish(v)) return null
    if (!Array.isArray(v))
      throw new MongoError(28689, `${name}'s argument must be an array, but is ${typeName(v)}`)
    return pick(v)
  })
}

const slice = operator(2, 3, ([array, a, b]) => {
  if (isNullish(array) || isNullish(a)) return null
  if (!Array.isArray(array))
    throw new MongoError(
      28724,
      `First argument to $slice must be an array, but is of type: ${typeName(array)}`,
    )
  const first = index('$slice', a, 28725)
  if (b === undefined) return first >= 0 ? array.slice(0, first) : array.slice(first)
  if (isNullish(b)) return null
  const n = index('$slice', b, 28727)
  if (n <= 0) throw new MongoError(28729, `Third argument to $slice must be positive: ${n}`)
  const from = first < 0 ? Math.max(0, array.length + first) : first
  return array.slice(from, from + n)
})

const range = operator(2, 3, ([from, to, by]) => {
  const start = index('$range', from, 34443)
  const stop = index('$range', to, 34445)
  const step = by === undefined ? 1 : index('$range', by, 34447)
  if (step === 0) throw new MongoError(34449, '$range requires a non-zero step value')
  if ((stop - start) / step > MAX_RANGE) {
    throw new MongoError(
      'QueryExceededMemoryLimitNoDiskUseAllowed',
      `$range would use too much memory (more than ${MAX_RANGE} elements)`,
    )
  }
  const out: Value[] = []
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) out.push(int(i))
  return out
})

const indexOfArray = operator(2, 4, ([array, wanted, from, to]) => {
  if (isNullish(array)) return null
  if (!Array.isArray(array))
    throw new MongoError(
      40090,
      `$indexOfArray requires an array as a first argument, found: ${typeName(array)}`,
    )
  const start = from === undefined ? 0 : index('$indexOfArray', from, 40096)
  const stop = to === undefined ? array.length : Math.min(array.length, index('$indexOfArray', to, 40096))
  if (start < 0 || stop < 0) throw new MongoError(40097, '$indexOfArray requires a nonnegative index')
  for (let i = start; i < stop; i++) if (compare(array[i], wanted) === 0) return int(i)
  return int(-1)
})

const concatArrays = operator(0, Infinity, (args) => {
  const out: Value[] = []
  for (const v of args) {
    if (isNullish(v)) return null
    if (!Array.isArray(v))
      throw new MongoError(28664, `$concatArrays only supports arrays, not ${typeName(v)}`)
    for (const element of v) out.push(element)
  }
  return out
})

const zip: ExpressionOperator = (operand, compiler) => {
  const named = namedArguments('$zip', operand, ['inputs'], ['useLongestLength', 'defaults'])
  const inputs = compiler.compile(named.get('inputs')!)
  const longest = named.get('useLongestLength') === true
  const defaults = named.has('defaults') ? compiler.compile(named.get('defaults')!) : undefined
  if (defaults && !longest)
    throw new MongoError(34466, 'cannot specify defaults unless useLongestLength is true')
  return (env) => {
    const lists = inputs(env)
    if (!Array.isArray(lists)) throw new MongoError(34461, 'inputs must be an array of expressions')
    if (lists.some((l) => isNullish(l))) return null
    const arrays = lists.map((l) => {
      if (!Array.isArray(l))
        throw new MongoError(34468, `$zip found a non-array expression in input: ${typeName(l)}`)
      return l
    })
    const lengths = arrays.map((a) => a.length)
    const length = arrays.length === 0 ? 0 : longest ? Math.max(...lengths) : Math.min(...lengths)
    const fill = defaults?.(env)
    return Array.from({ length }, (_, i) =>
      arrays.map((a, j) => a[i] ?? (Array.isArray(fill) ? (fill[j] ?? null) : null)),
    )
  }
}

const sortArray: ExpressionOperator = (operand, compiler) => {
  const named = namedArguments('$sortArray', operand, ['input', 'sortBy'])
  const input = compiler.compile(named.get('input')!)
  const sortBy = named.get('sortBy')!
  const byValue = asInteger(sortBy)
  if (!isDoc(sortBy) && byValue !== 1 && byValue !== -1)
    throw new MongoError(2942504, 'Illegal sort specification for $sortArray')
  const byFields = isDoc(sortBy) ? sortComparator(sortSpec(sortBy), compiler.ctx.strings) : undefined
  return (env) => {
    const v = input(env)
    if (isNullish(v)) return null
    if (!Array.isArray(v))
      throw new MongoError(
        2942504,
        `The input argument to $sortArray must be an array, but was of type: ${typeName(v)}`,
      )
    const asDoc = (x: Value): Doc => (isDoc(x) ? x : new Map())
    return [...v].sort((a, b) =>
      byFields ? byFields(asDoc(a), asDoc(b)) : byValue! * compare(a, b, compiler.ctx.strings),
    )
  }
}

function ends(name: string, first: boolean): ExpressionOperator {
  return (operand, compiler) => {
    const named = namedArguments(name, operand, ['n', 'input'])
    const n = compiler.compile(named.get('n')!)
    const input = compiler.compile(named.get('input')!)
    return (env) => {
      const v = input(env)
      const count = asInteger(n(env))
      if (count === undefined || count < 1) throw new MongoError(5787908, "'n' must be greater than 0")
      if (!Array.isArray(v)) throw new MongoError(5788200, `Input to ${name} must be an array`)
      return first ? v.slice(0, count) : v.slice(-count)
    }
  }
}

export const arrayExpressions: Record<string, ExpressionOperator> = {
  $arrayElemAt: arrayElemAt,
  $first: end('$first', (a) => a[0]),
  $last: end('$last', (a) => a.at(-1)),
  $firstN: ends('$firstN', true),
  $lastN: ends('$lastN', false),
  $slice: slice,
  $range: range,
  $indexOfArray: indexOfArray,
  $concatArrays: concatArrays,
  $zip: zip,
  $sortArray: sortArray,
  $size: operator(1, 1, ([v]) => {
    if (!Array.isArray(v))
      throw new MongoError(17124, `The argument to $size must be an array, but was of type: ${typeName(v)}`)
    return int(v.length)
  }),
  $isArray: operator(1, 1, ([v]) => Array.isArray(v)),
  $in: operator(2, 2, ([v, array], { ctx }) => {
    if (!Array.isArray(array))
      throw new MongoError(40081, `$in requires an array as a second argument, found: ${typeName(array)}`)
    return array.some((element) => compare(v ?? null, element, ctx.strings) === 0)
  }),
  $reverseArray: operator(1, 1, ([v]) => {
    if (isNullish(v)) return null
    if (!Array.isArray(v))
      throw new MongoError(
        34435,
        `The argument to $reverseArray must be an array, but was of type: ${typeName(v)}`,
      )
    return [...v].reverse()
  }),
  $allElementsTrue: operator(1, 1, ([v]) => {
    if (!Array.isArray(v))
      throw new MongoError(17040, `$allElementsTrue's argument must be an array, but is ${typeName(v)}`)
    return v.every(truthy)
  }),
  $anyElementTrue: operator(1, 1, ([v]) => {
    if (!Array.isArray(v))
      throw new MongoError(17041, `$anyElementTrue's argument must be an array, but is ${typeName(v)}`)
    return v.some(truthy)
  }),
}
