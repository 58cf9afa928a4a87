/** Accumulators of `$group`, `$bucket` and `$setWindowFields`. */
import { compare, isNumeric } from '../bson/compare.ts'
import { Decimal, divideDecimal } from '../bson/decimal.ts'
import { keyText } from '../bson/key.ts'
import { toDecimal, toNumber } from '../bson/numbers.ts'
import { asInteger, isNullish, typeName } from '../bson/types.ts'
import { type Doc, int, isDoc, type Numeric, type Value } from '../bson/values.ts'
import { MongoError, notSupported } from '../errors.ts'
import type { QueryContext } from '../query/context.ts'
import { sortComparator, sortSpec } from '../query/sort.ts'
import { compileExpression } from './expression.ts'
import { addWidening } from './expressions/arithmetic.ts'
import { type Env, namedArguments, type Run } from './operator.ts'

/** One group's running value. `size` is a rough count of the bytes it holds. */
export interface Accumulator {
  add(value: Value | undefined, env: Env): void
  result(): Value
  size?(): number
}
export interface AccumulatorSpec {
  readonly input: Run
  make(): Accumulator
  readonly roots: ReadonlySet<string> | undefined
}

type Factory = (ctx: QueryContext) => Accumulator

/** Sums keep the widest type seen; doubles use compensated (Kahan-Neumaier) summation as MongoDB does. */
function summing(): { add(n: Numeric): void; total(): Numeric } {
  let exact: Numeric = int(0)
  let double = 0
  let lost = 0
  let sawDouble = false
  return {
    add(n) {
      if (typeof n !== 'number') {
        exact = addWidening(exact, n)
        return
      }
      sawDouble = true
      const t = double + n
      lost += Math.abs(double) >= Math.abs(n) ? double - t + n : n - t + double
      double = t
    },
    total() {
      if (!sawDouble) return exact
      const sum = Number.isFinite(double) ? double + lost : double
      return addWidening(exact, sum)
    },
  }
}

const simple: Record<string, Factory> = {
  $sum: () => {
    const sum = summing()
    return { add: (v) => (isNumeric(v) ? sum.add(v) : undefined), result: () => sum.total() }
  },
  $avg: () => {
    const sum = summing()
    let n = 0
    return {
      add: (v) => {
        if (!isNumeric(v)) return
        sum.add(v)
        n += 1
      },
      result: () => {
        if (n === 0) return null
        const total = sum.total()
        return total instanceof Decimal ? divideDecimal(total, toDecimal(int(n))) : toNumber(total) / n
      },
    }
  },
  $min: (ctx) => extreme(ctx, -1),
  $max: (ctx) => extreme(ctx, 1),
  $first: () => {
    let value: Value | undefined
    let seen = false
    return {
      add: (v) => {
        if (!seen) value = v
        seen = true
      },
      result: () => value ?? null,
    }
  },
  $last: () => {
    let value: Value | undefined
    return {
      add: (v) => {
        value = v
      },
      result: () => value ?? null,
    }
  },
  $push: () => {
    const out: Value[] = []
    let bytes = 0
    return {
      add: (v) => {
        if (v === undefined) return
        out.push(v)
        bytes += roughSize(v)
      },
      result: () => out,
      size: () => bytes,
    }
  },
  $addToSet: () => {
    const out = new Map<string, Value>()
    let bytes = 0
    return {
      add: (v) => {
        if (v === undefined) return
        const key = keyText(v)
        if (out.has(key)) return
        out.set(key, v)
        bytes += key.length + roughSize(v)
      },
      result: () => [...out.values()],
      size: () => bytes,
    }
  },
  $stdDevPop: () => deviation(0),
  $stdDevSamp: () => deviation(1),
  $mergeObjects: () => {
    const out: Doc = new Map()
    return {
      add: (v) => {
        if (isNullish(v)) return
        if (!isDoc(v))
          throw new MongoError(
            40400,
            `$mergeObjects requires object inputs, but input is of type ${typeName(v)}`,
          )
        for (const [key, value] of v) out.set(key, value)
      },
      result: () => out,
    }
  },
}

/** A cheap estimate of what a value takes in memory. */
export function roughSize(value: Value | undefined): number {
  if (typeof value === 'string') return 24 + value.length
  if (Array.isArray(value)) return value.reduce((n: number, v) => n + roughSize(v), 32)
  if (value instanceof Map) {
    let n = 64
    for (const [k, v] of value) n += 16 + k.length + roughSize(v)
    return n
  }
  return value !== null && typeof value === 'object' && 'bytes' in value ? 40 + value.bytes.length : 24
}

function extreme(ctx: QueryContext, sign: number): Accumulator {
  let best: Value | undefined
  return {
    add: (v) => {
      if (isNullish(v)) return
      if (best === undefined || compare(v, best, ctx.strings) * sign > 0) best = v
    },
    result: () => best ?? null,
  }
}

/** Welford's method. */
function deviation(ddof: number): Accumulator {
  let n = 0
  let mean = 0
  let m2 = 0
  return {
    add: (v) => {
      if (!isNumeric(v)) return
      const x = toNumber(v)
      n += 1
      const delta = x - mean
      mean += delta / n
      m2 += delta * (x - mean)
    },
    result: () => (n - ddof <= 0 ? null : Math.sqrt(m2 / (n - ddof))),
  }
}

/** `$firstN`, `$lastN`, `$minN`, `$maxN`, and `$top`/`$bottom` with or without N: a list kept in order. */
function ranked(name: string, operand: Value, ctx: QueryContext): AccumulatorSpec {
  const byOrder = name.startsWith('$top') || name.startsWith('$bottom')
  const many = name.endsWith('N')
  const named = namedArguments(
    name,
    operand,
    byOrder ? ['sortBy', 'output', ...(many ? ['n'] : [])] : ['input', 'n'],
  )
  const n = many ? asInteger(compileExpression(named.get('n')!, ctx).run({ root: null, vars: ctx.vars })) : 1
  if (n === undefined || n < 1) throw new MongoError(5787908, `'n' must be greater than 0`)
  const expression = compileExpression(named.get(byOrder ? 'output' : 'input')!, ctx)
  const compareItems = rankOrder(name, named, ctx)
  const fromEnd = name === '$lastN'
  return {
    input: expression.run,
    roots: byOrder ? undefined : expression.roots,
    make: () => {
      const items: { value: Value; root: Value }[] = []
      return {
        add: (v, env) => {
          if (v === undefined && (name === '$minN' || name === '$maxN')) return
          if (isNullish(v) && (name === '$minN' || name === '$maxN')) return
          items.push({ value: v ?? null, root: env.root })
          if (compareItems && items.length > n * 2 + 16) items.sort(compareItems).splice(n)
          else if (fromEnd && items.length > n) items.shift()
          else if (!compareItems && !fromEnd && items.length > n) items.pop()
        },
        result: () => {
          if (compareItems) items.sort(compareItems).splice(n)
          const kept = name.startsWith('$bottom') ? items.reverse() : items
          return many ? kept.map((i) => i.value) : (kept[0]?.value ?? null)
        },
        size: () => items.length * 64,
      }
    },
  }
}

function rankOrder(name: string, named: Doc, ctx: QueryContext) {
  type Item = { value: Value; root: Value }
  if (name === '$minN') return (a: Item, b: Item) => compare(a.value, b.value, ctx.strings)
  if (name === '$maxN') return (a: Item, b: Item) => compare(b.value, a.value, ctx.strings)
  const sortBy = named.get('sortBy')
  if (!sortBy) return undefined
  if (!isDoc(sortBy)) throw new MongoError(5788604, `expected 'sortBy' to be an object`)
  const order = sortComparator(sortSpec(sortBy), ctx.strings)
  const sign = name.startsWith('$bottom') ? -1 : 1
  return (a: Item, b: Item) => sign * order(a.root as Doc, b.root as Doc)
}

const RANKED = new Set(['$firstN', '$lastN', '$minN', '$maxN', '$top', '$topN', '$bottom', '$bottomN'])
const REFUSED = new Set(['$accumulator', '$median', '$percentile'])

/** Parses `{ $sum: "$x" }`. */
export function compileAccumulator(
  spec: Value,
  field: string,
  ctx: QueryContext,
  variables: Iterable<string> = [],
): AccumulatorSpec {
  if (!isDoc(spec)) throw new MongoError(40234, `The field '${field}' must be an accumulator object`)
  const [name, operand] = [...spec][0] ?? []
  if (spec.size !== 1 || name === undefined) {
    throw new MongoError(40238, `The field '${field}' must specify one accumulator`)
  }
  if (name === '$count') {
    if (!isDoc(operand!) || operand.size > 0)
      throw new MongoError('TypeMismatch', '$count takes no arguments, i.e. $count:{}')
    return { input: () => int(1), make: () => simple.$sum!(ctx), roots: new Set() }
  }
  if (RANKED.has(name)) return ranked(name, operand!, ctx)
  const factory = Object.hasOwn(simple, name) ? simple[name] : undefined
  if (!factory) {
    if (REFUSED.has(name)) throw notSupported(`${name} as an accumulator`)
    throw new MongoError(15952, `unknown group operator '${name}'`)
  }
  const expression = compileExpression(operand!, ctx, variables)
  return { input: expression.run, make: () => factory(ctx), roots: expression.roots }
}

export function simpleAccumulator(name: string, ctx: QueryContext): Accumulator {
  return simple[name]!(ctx)
}
