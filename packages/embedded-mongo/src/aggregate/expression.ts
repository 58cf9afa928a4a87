/** Compiles aggregation expressions into functions. Unknown operators and variables are errors with MongoDB's codes. */
import { type Doc, isDoc, type Value } from '../bson/values.ts'
import { MongoError, notSupported } from '../errors.ts'
import type { QueryContext } from '../query/context.ts'
import { accumulatorExpressions } from './expressions/accumulate.ts'
import { arithmeticExpressions } from './expressions/arithmetic.ts'
import { arrayExpressions } from './expressions/array.ts'
import { bitExpressions } from './expressions/bits.ts'
import { comparisonExpressions } from './expressions/comparison.ts'
import { conditionalExpressions } from './expressions/conditional.ts'
import { convertExpressions } from './expressions/convert.ts'
import { dateExpressions } from './expressions/date.ts'
import { dateArithmeticExpressions } from './expressions/date-arithmetic.ts'
import { mappingExpressions } from './expressions/mapping.ts'
import { objectExpressions } from './expressions/object.ts'
import { setExpressions } from './expressions/set.ts'
import { stringExpressions } from './expressions/string.ts'
import { regexExpressions } from './expressions/string-regex.ts'
import { type Compiler, type ExpressionOperator, follow, type Run, splitPath } from './operator.ts'

export interface Expression {
  readonly run: Run
  /** Top-level fields it reads; undefined when it may read any. */
  readonly roots: ReadonlySet<string> | undefined
}

const operators: Record<string, ExpressionOperator> = {
  ...accumulatorExpressions,
  ...arithmeticExpressions,
  ...arrayExpressions,
  ...bitExpressions,
  ...comparisonExpressions,
  ...conditionalExpressions,
  ...convertExpressions,
  ...dateExpressions,
  ...dateArithmeticExpressions,
  ...mappingExpressions,
  ...objectExpressions,
  ...setExpressions,
  ...stringExpressions,
  ...regexExpressions,
}

const REFUSED = new Set(['$function', '$accumulator', '$meta'])

export function compileExpression(
  value: Value,
  ctx: QueryContext,
  extraVariables: Iterable<string> = [],
): Expression {
  const reads: Reads = { roots: new Set(), all: false }
  const run = makeCompiler(ctx, new Set([...ctx.vars.keys(), ...extraVariables]), reads).compile(value)
  return { run, roots: reads.all ? undefined : reads.roots }
}

interface Reads {
  roots: Set<string>
  all: boolean
}

function makeCompiler(ctx: QueryContext, variables: ReadonlySet<string>, reads: Reads): Compiler {
  const compiler: Compiler = {
    ctx,
    variables,
    compile: (value) => compileValue(value, compiler, reads),
    scoped: (names) => makeCompiler(ctx, new Set([...variables, ...names]), reads),
  }
  return compiler
}

function compileValue(value: Value, compiler: Compiler, reads: Reads): Run {
  if (typeof value === 'string')
    return value.startsWith('$') ? compilePath(value, compiler, reads) : () => value
  if (Array.isArray(value)) {
    const items = value.map((v) => compiler.compile(v))
    return (env) => items.map((run) => run(env) ?? null)
  }
  if (!isDoc(value)) return () => value
  const first = value.keys().next()
  if (!first.done && first.value.startsWith('$')) return compileOperator(value, first.value, compiler, reads)
  return compileObject(value, compiler)
}

function compileOperator(value: Doc, name: string, compiler: Compiler, reads: Reads): Run {
  if (value.size !== 1) {
    throw new MongoError(
      15983,
      `An object representing an expression must have exactly one field: ${[...value.keys()].join(', ')}`,
    )
  }
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined
  if (!operator) {
    if (REFUSED.has(name)) throw notSupported(name)
    throw new MongoError('InvalidPipelineOperator', `Unrecognized expression '${name}'`)
  }
  // These read the document by a name that is only known when they run.
  if (name === '$getField' || name === '$setField' || name === '$unsetField') reads.all = true
  return operator(value.get(name)!, compiler, name)
}

function compileObject(value: Doc, compiler: Compiler): Run {
  const fields = [...value].map(([key, v]) => {
    if (key.startsWith('$'))
      throw new MongoError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      )
    if (key.includes('.'))
      throw new MongoError(
        16412,
        `FieldPath field names may not contain '.'. Consider using $getField or $setField.`,
      )
    return [key, compiler.compile(v)] as const
  })
  return (env) => {
    const out: Doc = new Map()
    for (const [key, run] of fields) {
      const v = run(env)
      if (v !== undefined) out.set(key, v)
    }
    return out
  }
}

function compilePath(text: string, { variables, ctx }: Compiler, reads: Reads): Run {
  if (text === '$') throw new MongoError(16872, `'$' by itself is not a valid FieldPath`)
  if (!text.startsWith('$$')) {
    const parts = splitPath(text.slice(1))
    reads.roots.add(parts[0]!)
    return parts.length === 1 ? rootField(parts[0]!) : (env) => follow(env.root, parts, 0)
  }
  const [name, ...parts] = splitPath(text.slice(2)) as [string, ...string[]]
  if (name === 'ROOT' || name === 'CURRENT') {
    if (parts.length > 0) reads.roots.add(parts[0]!)
    else reads.all = true
    return (env) => follow(env.root, parts, 0)
  }
  if (name === 'NOW') return () => ctx.now
  if (name === 'REMOVE') return () => undefined
  if (name === 'CLUSTER_TIME') throw notSupported('$$CLUSTER_TIME')
  if (!variables.has(name)) throw new MongoError(17276, `Use of undefined variable: ${name}`)
  return (env) => follow(env.vars.get(name), parts, 0)
}

function rootField(name: string): Run {
  return ({ root }) => {
    if (isDoc(root)) return root.get(name)
    return follow(root, [name], 0)
  }
}
