/** `$setWindowFields` with document and range windows. */
import { isNumeric } from '../../bson/compare.ts'
import { keyText } from '../../bson/key.ts'
import { toNumber } from '../../bson/numbers.ts'
import { asInteger } from '../../bson/types.ts'
import { DateTime, type Doc, int, isDoc, type Value } from '../../bson/values.ts'
import { MongoError, notSupported } from '../../errors.ts'
import { MemoryBudget } from '../../exec/operation.ts'
import { compareSortKeys, type SortField, sortKey, sortKeys, sortSpec } from '../../query/sort.ts'
import { compileAccumulator, roughSize } from '../accumulators.ts'
import { compileExpression } from '../expression.ts'
import { namedArguments } from '../operator.ts'
import type { PipelineContext, StageParser } from '../pipeline.ts'
import { setPath } from './join.ts'

/** Computes one output field for every document of a sorted partition. */
type WindowFunction = (partition: readonly Doc[]) => Value[]

export const setWindowFields: StageParser = (spec, ctx) => {
  const named = namedArguments('$setWindowFields', spec, ['output'], ['partitionBy', 'sortBy'])
  const output = named.get('output')
  if (!isDoc(output)) throw new MongoError('FailedToParse', "$setWindowFields 'output' must be an object")
  const sort = sortSpec(named.get('sortBy'))
  const partitionBy = named.has('partitionBy')
    ? compileExpression(named.get('partitionBy')!, ctx.query).run
    : undefined
  const fields = [...output].map(([path, f]) => [path, windowFunction(path, f, sort, ctx)] as const)
  return {
    async *run(input) {
      const budget = new MemoryBudget('$setWindowFields')
      const partitions = new Map<string, Doc[]>()
      for await (const batch of input) {
        for (const document of batch) {
          budget.add(roughSize(document))
          const value = partitionBy?.({ root: document, vars: ctx.query.vars }) ?? null
          const key = keyText(value)
          const list = partitions.get(key)
          if (list) list.push(document)
          else partitions.set(key, [document])
        }
        await ctx.op.pause()
      }
      for (const [, list] of [...partitions].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const items = list.map((document) => ({
          document,
          keys: sortKeys(document, sort, ctx.query.strings),
        }))
        if (sort.length > 0) items.sort((a, b) => compareSortKeys(a.keys, b.keys, sort, ctx.query.strings))
        let partition = items.map((i) => i.document)
        const source = partition
        for (const [path, compute] of fields) {
          const values = compute(source)
          partition = partition.map((d, i) => setPath(d, path, values[i]!))
        }
        yield partition
        await ctx.op.pause()
      }
    },
  }
}

function windowFunction(
  path: string,
  value: Value,
  sort: readonly SortField[],
  ctx: PipelineContext,
): WindowFunction {
  if (!isDoc(value)) throw new MongoError('FailedToParse', `The field '${path}' must be an object`)
  const names = [...value.keys()].filter((k) => k !== 'window')
  const name = names[0]
  if (names.length !== 1 || !name)
    throw new MongoError('FailedToParse', 'Expected exactly one window function')
  const operand = value.get(name)!
  const window = value.get('window')
  const special = rankFunction(name, sort, ctx) ?? shiftFunction(name, operand, ctx)
  if (special) {
    if (window !== undefined) throw new MongoError(5371601, `${name} does not accept a 'window' field`)
    if (sort.length === 0)
      throw new MongoError(5371602, `${name} must be specified with a top level sortBy expression`)
    return special
  }
  if (
    [
      '$derivative',
      '$integral',
      '$expMovingAvg',
      '$linearFill',
      '$locf',
      '$covariancePop',
      '$covarianceSamp',
    ].includes(name)
  )
    throw notSupported(`window function ${name}`)
  const spec = compileAccumulator(new Map([[name, operand]]), path, ctx.query)
  const bounds = windowBounds(window, sort)
  return (partition) => {
    const inputs = partition.map((root) => ({ env: { root, vars: ctx.query.vars } }))
    const values = inputs.map(({ env }) => spec.input(env))
    let shared: { from: number; to: number; value: Value } | undefined
    return partition.map((_d, i) => {
      const { from, to } = bounds(partition, i)
      if (shared && shared.from === from && shared.to === to) return shared.value
      const accumulator = spec.make()
      for (let j = from; j <= to; j++) accumulator.add(values[j], inputs[j]!.env)
      shared = { from, to, value: accumulator.result() }
      return shared.value
    })
  }
}

function rankFunction(
  name: string,
  sort: readonly SortField[],
  ctx: PipelineContext,
): WindowFunction | undefined {
  if (name === '$documentNumber') return (partition) => partition.map((_d, i) => int(i + 1))
  if (name !== '$rank' && name !== '$denseRank') return undefined
  return (partition) => {
    let rank = 0
    let previous: Value[] | undefined
    return partition.map((d, i) => {
      const keys = sortKeys(d, sort, ctx.query.strings)
      if (!previous || compareSortKeys(previous, keys, sort, ctx.query.strings) !== 0)
        rank = name === '$rank' ? i + 1 : rank + 1
      previous = keys
      return int(rank)
    })
  }
}

function shiftFunction(name: string, operand: Value, ctx: PipelineContext): WindowFunction | undefined {
  if (name !== '$shift') return undefined
  const named = namedArguments('$shift', operand, ['output', 'by'], ['default'])
  const by = asInteger(named.get('by'))
  if (by === undefined) throw new MongoError('FailedToParse', "$shift requires 'by' as an integer")
  const { run } = compileExpression(named.get('output')!, ctx.query)
  const otherwise =
    compileExpression(named.get('default') ?? null, ctx.query).run({
      root: new Map(),
      vars: ctx.query.vars,
    }) ?? null
  return (partition) =>
    partition.map((_d, i) => {
      const other = partition[i + by]
      return other ? (run({ root: other, vars: ctx.query.vars }) ?? null) : otherwise
    })
}

type Bounds = (partition: readonly Doc[], at: number) => { from: number; to: number }

function windowBounds(window: Value | undefined, sort: readonly SortField[]): Bounds {
  if (window === undefined) return (partition) => ({ from: 0, to: partition.length - 1 })
  const named = namedArguments('window', window, [], ['documents', 'range', 'unit'])
  const list = named.get('documents') ?? named.get('range')
  if (!Array.isArray(list) || list.length !== 2 || (named.has('documents') && named.has('range'))) {
    throw new MongoError(
      'FailedToParse',
      "'window' field that specifies 'documents' or 'range' must be an array of two bounds",
    )
  }
  if (named.has('unit') && named.get('unit') !== 'millisecond' && !((named.get('unit') as string) in UNIT_MS))
    throw notSupported(`window unit ${String(named.get('unit'))}`)
  const [low, high] = list as [Value, Value]
  if (named.has('documents')) {
    const offset = (v: Value, unbounded: number) =>
      v === 'unbounded' ? unbounded : v === 'current' ? 0 : (asInteger(v) ?? fail())
    const [a, b] = [offset(low, -Infinity), offset(high, Infinity)]
    return (partition, at) => ({ from: Math.max(0, at + a), to: Math.min(partition.length - 1, at + b) })
  }
  if (sort.length !== 1) throw new MongoError(5339902, 'Range-based bounds require sortBy a single field')
  return rangeBounds(
    low,
    high,
    sort[0]!,
    named.has('unit') ? (UNIT_MS[named.get('unit') as string] ?? 1) : undefined,
  )
}

const UNIT_MS: Record<string, number> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
}

function fail(): never {
  throw new MongoError('FailedToParse', 'window bounds must be "unbounded", "current" or an integer')
}

function rangeBounds(low: Value, high: Value, field: SortField, unit: number | undefined): Bounds {
  const numberOf = (d: Doc): number | undefined => {
    const v = sortKey(d, field, (a, b) => (a < b ? -1 : 1))
    if (unit !== undefined) return v instanceof DateTime ? Number(v.ms) : undefined
    return isNumeric(v) ? toNumber(v) : undefined
  }
  const limit = (v: Value, unbounded: number) =>
    v === 'unbounded' ? unbounded : v === 'current' ? 0 : isNumeric(v) ? toNumber(v) * (unit ?? 1) : fail()
  const [a, b] = [limit(low, -Infinity), limit(high, Infinity)]
  return (partition, at) => {
    const here = numberOf(partition[at]!)
    if (here === undefined)
      throw new MongoError(
        5429513,
        `Invalid range: Expected the sortBy field to be a ${unit === undefined ? 'number' : 'Date'}`,
      )
    let from = at
    let to = at
    const inside = (i: number) => {
      const v = numberOf(partition[i]!)
      return v !== undefined && v >= here + a && v <= here + b
    }
    while (from > 0 && (a === -Infinity || inside(from - 1))) from -= 1
    while (to < partition.length - 1 && (b === Infinity || inside(to + 1))) to += 1
    return { from: !inside(from) && a !== -Infinity ? at + 1 : from, to }
  }
}
