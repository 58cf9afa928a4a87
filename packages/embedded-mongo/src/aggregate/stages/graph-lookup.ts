import { keyText } from '../../bson/key.ts'
import { asInteger } from '../../bson/types.ts'
import { type Doc, doc, isDoc, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { MemoryBudget } from '../../exec/operation.ts'
import { valuesAtPath } from '../../query/path.ts'
import { roughSize } from '../accumulators.ts'
import { compileExpression } from '../expression.ts'
import { collect, runPipeline, type StageParser } from '../pipeline.ts'
import { setPath } from './join.ts'

const REQUIRED = ['from', 'startWith', 'connectFromField', 'connectToField', 'as']

/** Breadth-first search over a collection; each document is found once, at its least depth. */
export const graphLookup: StageParser = (spec, ctx) => {
  if (!isDoc(spec)) throw new MongoError('FailedToParse', '$graphLookup specification must be an object')
  for (const key of spec.keys()) {
    if (![...REQUIRED, 'maxDepth', 'depthField', 'restrictSearchWithMatch'].includes(key))
      throw new MongoError(40104, `Unknown argument to $graphLookup: ${key}`)
  }
  for (const key of REQUIRED)
    if (!spec.has(key))
      throw new MongoError(40105, `$graphLookup requires '${REQUIRED.join("', '")}' to be specified.`)
  const [from, connectFrom, connectTo, as] = ['from', 'connectFromField', 'connectToField', 'as'].map((k) => {
    const v = spec.get(k)
    if (typeof v !== 'string') throw new MongoError(40103, `expected string as argument for ${k}`)
    return v
  }) as [string, string, string, string]
  const maxDepth = spec.has('maxDepth') ? asInteger(spec.get('maxDepth')) : Infinity
  if (maxDepth === undefined || maxDepth < 0)
    throw new MongoError(40101, 'maxDepth requires a nonnegative argument')
  const depthField = spec.get('depthField')
  const restrict = spec.get('restrictSearchWithMatch')
  const start = compileExpression(spec.get('startWith')!, ctx.query)
  const search = async (frontier: Value[]): Promise<Doc[]> => {
    const filter = doc({ [connectTo]: doc({ $in: frontier }) })
    const match = isDoc(restrict) ? doc({ $and: [filter, restrict] }) : filter
    return collect(
      runPipeline([{ name: '$match', spec: match }], ctx.engine.find(ctx.db, from), {
        ...ctx,
        depth: ctx.depth + 1,
      }).output,
    )
  }
  return {
    async *run(input) {
      for await (const batch of input) {
        const out: Doc[] = []
        for (const document of batch) {
          const first = start.run({ root: document, vars: ctx.query.vars }) ?? null
          const found = new Map<string, Doc>()
          const tried = new Set<string>()
          const budget = new MemoryBudget('$graphLookup')
          let frontier = Array.isArray(first) ? first : [first]
          for (let depth = 0; depth <= maxDepth && frontier.length > 0; depth++) {
            const next: Value[] = []
            for (const d of await search(frontier)) {
              const id = text(d.get('_id'))
              if (found.has(id)) continue
              budget.add(roughSize(d))
              found.set(id, typeof depthField === 'string' ? setPath(d, depthField, BigInt(depth)) : d)
              const values: Value[] = []
              valuesAtPath(d, connectFrom.split('.'), 0, values)
              for (const v of values.flatMap((x) => (Array.isArray(x) ? x : [x]))) {
                if (tried.has(text(v))) continue
                tried.add(text(v))
                next.push(v)
              }
            }
            frontier = next
            await ctx.op.pause()
          }
          out.push(setPath(document, as, [...found.values()]))
        }
        yield out
      }
    },
  }
}

function text(value: Value | undefined): string {
  return keyText(value)
}
