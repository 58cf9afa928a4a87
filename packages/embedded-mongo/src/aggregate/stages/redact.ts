import { type Doc, isDoc, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { compileExpression } from '../expression.ts'
import type { Run } from '../operator.ts'
import type { StageParser } from '../pipeline.ts'

const DECISIONS = new Map<string, Value>([
  ['KEEP', 'keep'],
  ['PRUNE', 'prune'],
  ['DESCEND', 'descend'],
])

/** `$redact`: keeps, prunes or descends into each document of the tree by an expression on it. */
export const redact: StageParser = (spec, { query }) => {
  const { run } = compileExpression(spec, query, DECISIONS.keys())
  const vars = new Map([...query.vars, ...DECISIONS])
  return {
    async *run(input) {
      for await (const batch of input) {
        yield batch.flatMap((document) => {
          const kept = level(document, run, vars)
          return kept ? [kept] : []
        })
      }
    },
  }
}

function level(document: Doc, run: Run, vars: ReadonlyMap<string, Value>): Doc | undefined {
  const decision = run({ root: document, vars })
  if (decision === 'keep') return document
  if (decision === 'prune') return undefined
  if (decision !== 'descend')
    throw new MongoError(
      17053,
      "$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and $$PRUNE",
    )
  const out: Doc = new Map()
  for (const [key, value] of document) {
    const v = below(value, run, vars)
    if (v !== undefined) out.set(key, v)
  }
  return out
}

function below(value: Value, run: Run, vars: ReadonlyMap<string, Value>): Value | undefined {
  if (isDoc(value)) return level(value, run, vars)
  if (!Array.isArray(value)) return value
  return value.flatMap((element) => {
    const v = below(element, run, vars)
    return v === undefined ? [] : [v]
  })
}
