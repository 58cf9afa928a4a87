/** Stages that pass documents through: `$match`, `$sort`, `$limit`, `$skip`, `$unwind`, `$sample`, `$count`, `$documents`. */
import { asInteger, typeName } from '../../bson/types.ts'
import { type Doc, doc, int, isDoc, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { MemoryBudget } from '../../exec/operation.ts'
import { matches } from '../../query/filter.ts'
import { parseQuery } from '../../query/parse.ts'
import { compareSortKeys, sortKeys, sortSpec } from '../../query/sort.ts'
import { roughSize } from '../accumulators.ts'
import { compileExpression } from '../expression.ts'
import type { Batches, Stage, StageParser } from '../pipeline.ts'

const match: StageParser = (spec, { query }) => {
  if (!isDoc(spec)) throw new MongoError(15959, 'the match filter must be an expression in an object')
  const filter = parseQuery(spec, query)
  return {
    async *run(input) {
      for await (const batch of input) yield batch.filter((d) => matches(filter, d))
    },
  }
}

const sort: StageParser = (spec, { query, op }) => {
  if (!isDoc(spec)) throw new MongoError(15973, 'the $sort key specification must be an object')
  if (spec.size === 0) throw new MongoError(15976, '$sort stage must have at least one sort key')
  const fields = sortSpec(spec)
  return {
    async *run(input) {
      const budget = new MemoryBudget('$sort')
      const items: { keys: Value[]; document: Doc }[] = []
      for await (const batch of input) {
        for (const document of batch) {
          items.push({ keys: sortKeys(document, fields, query.strings), document })
          budget.add(roughSize(document))
        }
        await op.pause()
      }
      items.sort((a, b) => compareSortKeys(a.keys, b.keys, fields, query.strings))
      for (let i = 0; i < items.length; i += 500) yield items.slice(i, i + 500).map((item) => item.document)
    },
  }
}

function count(spec: Value, stage: string, least: number, code: number): number {
  const n = asInteger(spec)
  if (n === undefined)
    throw new MongoError(
      stage === '$limit' ? 2107201 : 5107200,
      `invalid argument to ${stage} stage: Expected an integer: ${stage}: ${String(spec)}`,
    )
  if (n < least)
    throw new MongoError(
      code,
      least > 0
        ? 'the limit must be positive'
        : `invalid argument to ${stage} stage: Expected a non-negative number in: ${stage}: ${n}`,
    )
  return n
}

const limit: StageParser = (spec) => {
  const most = count(spec, '$limit', 1, 15958)
  return {
    async *run(input) {
      let left = most
      for await (const batch of input) {
        yield batch.length > left ? batch.slice(0, left) : batch
        left -= batch.length
        if (left <= 0) return
      }
    },
  }
}

const skip: StageParser = (spec) => {
  const first = count(spec, '$skip', 0, 5107200)
  return {
    async *run(input) {
      let left = first
      for await (const batch of input) {
        if (left >= batch.length) left -= batch.length
        else {
          yield batch.slice(left)
          left = 0
        }
      }
    },
  }
}

function unwindOptions(spec: Value): { path: string; index: string | undefined; keep: boolean } {
  const options = typeof spec === 'string' ? doc({ path: spec }) : spec
  if (!isDoc(options))
    throw new MongoError(
      15981,
      `expected either a string or an object as specification for $unwind stage, got ${typeName(spec)}`,
    )
  for (const key of options.keys()) {
    if (!['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays'].includes(key))
      throw new MongoError(28811, `unrecognized option to $unwind stage: ${key}`)
  }
  const path = options.get('path')
  if (path === undefined) throw new MongoError(28812, 'no path specified to $unwind stage')
  if (typeof path !== 'string')
    throw new MongoError(28808, `expected a string as the path for $unwind stage, got ${typeName(path)}`)
  if (!path.startsWith('$'))
    throw new MongoError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`)
  const index = options.get('includeArrayIndex')
  if (index !== undefined && (typeof index !== 'string' || index === ''))
    throw new MongoError(
      28810,
      'expected a non-empty string for the includeArrayIndex option to $unwind stage',
    )
  if (typeof index === 'string' && index.startsWith('$'))
    throw new MongoError(
      28822,
      `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${index}`,
    )
  return {
    path: path.slice(1),
    index: index as string | undefined,
    keep: options.get('preserveNullAndEmptyArrays') === true,
  }
}

/** A copy of the document with one dotted path set (or removed). */
function withPath(document: Doc, parts: readonly string[], value: Value | undefined): Doc {
  const out = new Map(document)
  const [first, ...rest] = parts as [string, ...string[]]
  if (rest.length > 0) {
    const child = out.get(first)
    if (isDoc(child) || value !== undefined)
      out.set(first, withPath(isDoc(child) ? child : new Map(), rest, value))
  } else if (value === undefined) out.delete(first)
  else out.set(first, value)
  return out
}

const unwind: StageParser = (spec) => {
  const { path, index, keep } = unwindOptions(spec)
  const parts = path.split('.')
  const indexParts = index?.split('.')
  const at = (document: Doc): Value | undefined => {
    let value: Value | undefined = document
    for (const part of parts) value = isDoc(value) ? value.get(part) : undefined
    return value
  }
  const numbered = (document: Doc, i: bigint | null) =>
    indexParts ? withPath(document, indexParts, i) : document
  const each = (document: Doc, out: Doc[]): void => {
    const value = at(document)
    if (Array.isArray(value)) {
      for (const [i, v] of value.entries()) out.push(numbered(withPath(document, parts, v), BigInt(i)))
      if (value.length === 0 && keep) out.push(numbered(withPath(document, parts, undefined), null))
    } else if (value === undefined || value === null) {
      if (keep) out.push(numbered(document, null))
    } else out.push(numbered(document, null))
  }
  return {
    async *run(input) {
      for await (const batch of input) {
        let out: Doc[] = []
        for (const document of batch) {
          each(document, out)
          if (out.length > 1000) {
            yield out
            out = []
          }
        }
        if (out.length > 0) yield out
      }
    },
  }
}

const sample: StageParser = (spec, { op }) => {
  const size = isDoc(spec) ? asInteger(spec.get('size')) : undefined
  if (size === undefined || size < 1 || (spec as Doc).size !== 1)
    throw new MongoError(28747, 'size argument to $sample must be a positive number')
  return {
    async *run(input) {
      // Reservoir sampling: every document has the same chance.
      const kept: Doc[] = []
      let seen = 0
      for await (const batch of input) {
        for (const document of batch) {
          seen += 1
          if (kept.length < size) kept.push(document)
          else {
            const i = Math.floor(Math.random() * seen)
            if (i < size) kept[i] = document
          }
        }
        await op.pause()
      }
      for (let i = kept.length - 1; i > 0; i--) {
        const j = Math.floor(Math.random() * (i + 1))
        ;[kept[i], kept[j]] = [kept[j]!, kept[i]!]
      }
      yield kept
    },
  }
}

const countStage: StageParser = (spec) => {
  if (typeof spec !== 'string') throw new MongoError(40156, 'the count field must be a non-empty string')
  if (spec === '') throw new MongoError(40157, 'the count field must be a non-empty string')
  if (spec.startsWith('$')) throw new MongoError(40158, 'the count field cannot be a $-prefixed path')
  if (spec.includes('.')) throw new MongoError(40160, "the count field cannot contain '.'")
  return {
    // No field is needed; the name is one that no filter can have asked for.
    roots: new Set(['\u0001']),
    async *run(input) {
      let n = 0
      for await (const batch of input) n += batch.length
      if (n > 0) yield [doc({ [spec]: int(n) })]
    },
  }
}

const documents: StageParser = (spec, { query }): Stage => {
  const { run } = compileExpression(spec, query)
  return {
    async *run(): Batches {
      const value = run({ root: new Map(), vars: query.vars })
      if (!Array.isArray(value) || !value.every(isDoc)) throw new MongoError(5858203, 'an array is expected')
      yield value
    },
  }
}

export const streamStages: Record<string, StageParser> = {
  $match: match,
  $sort: sort,
  $limit: limit,
  $skip: skip,
  $unwind: unwind,
  $sample: sample,
  $count: countStage,
  $documents: documents,
}
