/** What all expression operators are made of. */
import { type Doc, isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { QueryContext } from '../query/context.ts'

/** What an expression is evaluated against: the document and the variables in scope. */
export interface Env {
  readonly root: Value
  readonly vars: ReadonlyMap<string, Value>
}
export type Run = (env: Env) => Value | undefined

/** Compiles sub-expressions; `variables` are the names in scope. */
export interface Compiler {
  readonly ctx: QueryContext
  readonly variables: ReadonlySet<string>
  compile(value: Value): Run
  scoped(names: Iterable<string>): Compiler
}
export type ExpressionOperator = (operand: Value, compiler: Compiler, name: string) => Run

export function splitPath(path: string): string[] {
  const parts = path.split('.')
  for (const part of parts) {
    if (part === '') throw new MongoError(15998, 'FieldPath field names may not be empty strings.')
    if (part.startsWith('$'))
      throw new MongoError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      )
    if (part.includes('\0')) throw new MongoError(16411, 'FieldPath field names may not contain null bytes')
  }
  if (path.endsWith('.')) throw new MongoError(40353, "FieldPath must not end with a '.'.")
  return parts
}

/** Follows a field path: through an array it yields the array of what its documents have there. */
export function follow(value: Value | undefined, parts: readonly string[], at: number): Value | undefined {
  if (at === parts.length) return value
  if (isDoc(value)) return follow(value.get(parts[at]!), parts, at + 1)
  if (!Array.isArray(value)) return undefined
  const out: Value[] = []
  for (const element of value) {
    const v = isDoc(element) || Array.isArray(element) ? follow(element, parts, at) : undefined
    if (v !== undefined) out.push(v)
  }
  return out
}

/** Operand list of an operator that takes one argument or an array of arguments. */
export function operands(operand: Value): Value[] {
  return Array.isArray(operand) ? operand : [operand]
}

/** An operator over evaluated arguments, with its number of arguments checked when it is compiled. */
export function operator(
  min: number,
  max: number,
  apply: (args: (Value | undefined)[], compiler: Compiler) => Value | undefined,
): ExpressionOperator {
  return (operand, compiler, name) => {
    const list = operands(operand)
    if (list.length < min || list.length > max) {
      const wanted =
        min === max
          ? `exactly ${min}`
          : max === Infinity
            ? `at least ${min}`
            : `at least ${min} and at most ${max}`
      throw new MongoError(
        16020,
        `Expression ${name} takes ${wanted} arguments. ${list.length} were passed in.`,
      )
    }
    const runs = list.map((v) => compiler.compile(v))
    if (runs.length === 1) {
      const only = runs[0]!
      return (env) => apply([only(env)], compiler)
    }
    return (env) =>
      apply(
        runs.map((run) => run(env)),
        compiler,
      )
  }
}

/** Reads the named arguments of an operator such as `$filter`; unknown ones are refused. */
export function namedArguments(
  name: string,
  operand: Value,
  required: readonly string[],
  optional: readonly string[] = [],
): Doc {
  if (!isDoc(operand))
    throw new MongoError('FailedToParse', `${name} only supports an object as its argument`)
  for (const key of operand.keys()) {
    if (!required.includes(key) && !optional.includes(key)) {
      throw new MongoError('FailedToParse', `Unrecognized argument to ${name}: ${key}`)
    }
  }
  for (const key of required) {
    if (!operand.has(key)) throw new MongoError('FailedToParse', `Missing '${key}' parameter to ${name}`)
  }
  return operand
}
