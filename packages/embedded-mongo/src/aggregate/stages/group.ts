/** `$group`, `$sortByCount`, `$bucket`, `$bucketAuto`. */
import { compare } from '../../bson/compare.ts'
import { keyText } from '../../bson/key.ts'
import { asInteger } from '../../bson/types.ts'
import { type Doc, doc, int, isDoc, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { MemoryBudget } from '../../exec/operation.ts'
import { type Accumulator, type AccumulatorSpec, compileAccumulator, roughSize } from '../accumulators.ts'
import { compileExpression } from '../expression.ts'
import type { Env, Run } from '../operator.ts'
import type { Batches, PipelineContext, Stage, StageParser } from '../pipeline.ts'

interface Group {
  readonly id: Value
  readonly accumulators: Accumulator[]
}

/** Groups by the value of `id`; `undefined` from `id` drops the document. */
async function* grouped(
  input: Batches,
  id: Run,
  fields: readonly (readonly [string, AccumulatorSpec])[],
  ctx: PipelineContext,
): AsyncGenerator<Doc[]> {
  const groups = new Map<string | number, Group>()
  const budget = new MemoryBudget('$group')
  const { vars } = ctx.query
  for await (const batch of input) {
    for (const document of batch) {
      const env: Env = { root: document, vars }
      const value = id(env) ?? null
      const key = typeof value === 'string' ? `s${value}` : keyText(value)
      let group = groups.get(key)
      if (!group) {
        group = { id: value, accumulators: fields.map(([, spec]) => spec.make()) }
        groups.set(key, group)
        budget.add(key.length + roughSize(value) + 64 * fields.length)
      }
      for (let i = 0; i < fields.length; i++) {
        const accumulator = group.accumulators[i]!
        const before = accumulator.size?.() ?? 0
        accumulator.add(fields[i]![1].input(env), env)
        if (accumulator.size) budget.add(accumulator.size() - before)
      }
    }
    await ctx.op.pause()
  }
  let out: Doc[] = []
  for (const group of groups.values()) {
    const document: Doc = new Map([['_id', group.id]])
    for (const [i, [name]] of fields.entries()) document.set(name, group.accumulators[i]!.result())
    out.push(document)
    if (out.length >= 500) {
      yield out
      out = []
    }
  }
  if (out.length > 0) yield out
}

function accumulatorFields(spec: Doc, ctx: PipelineContext): (readonly [string, AccumulatorSpec])[] {
  return [...spec].map(([name, value]) => {
    if (name.includes('.')) throw new MongoError(40235, `The field name '${name}' cannot contain '.'`)
    if (name.startsWith('$'))
      throw new MongoError(40236, `The field name '${name}' cannot be an operator name`)
    return [name, compileAccumulator(value, name, ctx.query)] as const
  })
}

function unionRoots(list: readonly (ReadonlySet<string> | undefined)[]): ReadonlySet<string> | undefined {
  const out = new Set<string>()
  for (const roots of list) {
    if (!roots) return undefined
    for (const root of roots) out.add(root)
  }
  return out
}

const group: StageParser = (spec, ctx) => {
  if (!isDoc(spec)) throw new MongoError(15947, "a group's fields must be specified in an object")
  if (!spec.has('_id')) throw new MongoError(15955, 'a group specification must include an _id')
  const rest = new Map(spec)
  rest.delete('_id')
  const id = compileExpression(spec.get('_id')!, ctx.query)
  const fields = accumulatorFields(rest, ctx)
  return {
    roots: unionRoots([id.roots, ...fields.map(([, f]) => f.roots)]),
    run: (input) => grouped(input, id.run, fields, ctx),
  }
}

const sortByCount: StageParser = (spec, ctx) => {
  if (typeof spec !== 'string' && !isDoc(spec))
    throw new MongoError(40149, 'the sortByCount field must be specified as a string or as an object')
  const id = compileExpression(spec, ctx.query)
  const fields = [['count', compileAccumulator(doc({ $sum: int(1) }), 'count', ctx.query)] as const]
  return {
    roots: id.roots,
    async *run(input) {
      const all: Doc[] = []
      for await (const batch of grouped(input, id.run, fields, ctx)) all.push(...batch)
      yield all.sort((a, b) => compare(b.get('count'), a.get('count')))
    },
  }
}

const DEFAULT_OUTPUT = (): Doc => doc({ count: doc({ $sum: int(1) }) })

const bucket: StageParser = (spec, ctx): Stage => {
  if (!isDoc(spec)) throw new MongoError(40201, 'Argument to $bucket stage must be an object')
  for (const key of spec.keys())
    if (!['groupBy', 'boundaries', 'default', 'output'].includes(key))
      throw new MongoError(40197, `Unrecognized option to $bucket: ${key}.`)
  const groupBy = spec.get('groupBy')
  const list = spec.get('boundaries')
  if (groupBy === undefined || list === undefined)
    throw new MongoError(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.")
  if (!Array.isArray(list) || list.length < 2)
    throw new MongoError(40192, "The $bucket 'boundaries' field must have at least 2 values")
  const empty = { root: new Map() as Doc, vars: ctx.query.vars }
  const boundaries = list.map((v) => compileExpression(v, ctx.query).run(empty) ?? null)
  boundaries.forEach((b, i) => {
    if (i > 0 && compare(boundaries[i - 1], b) >= 0)
      throw new MongoError(40194, "The 'boundaries' option to $bucket must be sorted")
  })
  const otherwise = spec.has('default')
    ? (compileExpression(spec.get('default')!, ctx.query).run(empty) ?? null)
    : undefined
  const by = compileExpression(groupBy, ctx.query)
  const output = spec.get('output') ?? DEFAULT_OUTPUT()
  if (!isDoc(output)) throw new MongoError(40196, "The $bucket 'output' field must be an object")
  const fields = accumulatorFields(output, ctx)
  const id: Run = (env) => {
    const value = by.run(env)
    for (let i = boundaries.length - 2; i >= 0; i--) {
      if (compare(value, boundaries[i]) >= 0 && compare(value, boundaries[i + 1]) < 0) return boundaries[i]
    }
    if (otherwise === undefined)
      throw new MongoError(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      )
    return otherwise
  }
  return {
    async *run(input) {
      const all: Doc[] = []
      for await (const batch of grouped(input, id, fields, ctx)) all.push(...batch)
      yield all.sort((a, b) => compare(a.get('_id'), b.get('_id')))
    },
  }
}

const bucketAuto: StageParser = (spec, ctx): Stage => {
  if (!isDoc(spec)) throw new MongoError(40240, 'The argument to $bucketAuto must be an object')
  for (const key of spec.keys())
    if (!['groupBy', 'buckets', 'output', 'granularity'].includes(key))
      throw new MongoError(40245, `Unrecognized option to $bucketAuto: ${key}.`)
  if (spec.has('granularity'))
    throw new MongoError(
      'NotImplemented',
      '$bucketAuto with granularity is not supported by the embedded database',
    )
  const groupBy = spec.get('groupBy')
  const buckets = asInteger(spec.get('buckets'))
  if (groupBy === undefined || buckets === undefined || buckets < 1)
    throw new MongoError(40246, "$bucketAuto requires 'groupBy' and a positive 'buckets' to be specified")
  const by = compileExpression(groupBy, ctx.query)
  const output = spec.get('output') ?? DEFAULT_OUTPUT()
  if (!isDoc(output)) throw new MongoError(40244, "The $bucketAuto 'output' field must be an object")
  const fields = accumulatorFields(output, ctx)
  return {
    async *run(input) {
      const budget = new MemoryBudget('$bucketAuto')
      const items: { value: Value; document: Doc }[] = []
      for await (const batch of input) {
        for (const document of batch) {
          items.push({ value: by.run({ root: document, vars: ctx.query.vars }) ?? null, document })
          budget.add(roughSize(document))
        }
        await ctx.op.pause()
      }
      items.sort((a, b) => compare(a.value, b.value))
      const out: Doc[] = []
      const size = Math.max(1, Math.round(items.length / buckets))
      for (let i = 0; i < items.length; ) {
        let end = out.length === buckets - 1 ? items.length : Math.min(items.length, i + size)
        // Equal values never fall into two buckets.
        while (end < items.length && compare(items[end]!.value, items[end - 1]!.value) === 0) end += 1
        const accumulators = fields.map(([, f]) => f.make())
        for (const { document } of items.slice(i, end)) {
          const env = { root: document, vars: ctx.query.vars }
          for (const [j, [, f]] of fields.entries()) accumulators[j]!.add(f.input(env), env)
        }
        const max = end < items.length ? items[end]!.value : items[end - 1]!.value
        const bucketDoc: Doc = new Map([['_id', doc({ min: items[i]!.value, max })]])
        for (const [j, [name]] of fields.entries()) bucketDoc.set(name, accumulators[j]!.result())
        out.push(bucketDoc)
        i = end
      }
      yield out
    },
  }
}

export const groupStages: Record<string, StageParser> = {
  $group: group,
  $sortByCount: sortByCount,
  $bucket: bucket,
  $bucketAuto: bucketAuto,
}
