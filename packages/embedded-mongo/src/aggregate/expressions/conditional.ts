import { isNullish, truthy } from '../../bson/types.ts'
import { isDoc } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { type ExpressionOperator, namedArguments, type Run } from '../operator.ts'

const cond: ExpressionOperator = (operand, compiler) => {
  const parts = Array.isArray(operand)
    ? operand
    : (() => {
        const named = namedArguments('$cond', operand, ['if', 'then', 'else'])
        return [named.get('if')!, named.get('then')!, named.get('else')!]
      })()
  if (parts.length !== 3) {
    throw new MongoError(16020, `Expression $cond takes exactly 3 arguments. ${parts.length} were passed in.`)
  }
  const [test, yes, no] = parts.map((v) => compiler.compile(v)) as [Run, Run, Run]
  return (env) => (truthy(test(env)) ? yes(env) : no(env))
}

const ifNull: ExpressionOperator = (operand, compiler) => {
  if (!Array.isArray(operand) || operand.length < 2) {
    throw new MongoError(
      1257300,
      `$ifNull needs at least two arguments, had: ${Array.isArray(operand) ? operand.length : 1}`,
    )
  }
  const runs = operand.map((v) => compiler.compile(v))
  const last = runs.pop()!
  return (env) => {
    for (const run of runs) {
      const v = run(env)
      if (!isNullish(v)) return v
    }
    return last(env)
  }
}

const switchOperator: ExpressionOperator = (operand, compiler) => {
  const named = namedArguments('$switch', operand, ['branches'], ['default'])
  const branches = named.get('branches')
  if (!Array.isArray(branches)) throw new MongoError(40061, "$switch expected an array for 'branches'")
  if (branches.length === 0) throw new MongoError(40068, '$switch requires at least one branch.')
  const compiled = branches.map((branch): [Run, Run] => {
    if (!isDoc(branch)) throw new MongoError(40062, '$switch expected each branch to be an object')
    for (const key of branch.keys()) {
      if (key !== 'case' && key !== 'then')
        throw new MongoError(40063, `$switch found an unknown argument to a branch: ${key}`)
    }
    if (!branch.has('case'))
      throw new MongoError(40064, "$switch requires each branch have a 'case' expression")
    if (!branch.has('then'))
      throw new MongoError(40065, "$switch requires each branch have a 'then' expression.")
    return [compiler.compile(branch.get('case')!), compiler.compile(branch.get('then')!)]
  })
  const otherwise = named.has('default') ? compiler.compile(named.get('default')!) : undefined
  return (env) => {
    for (const [test, result] of compiled) if (truthy(test(env))) return result(env)
    if (!otherwise)
      throw new MongoError(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      )
    return otherwise(env)
  }
}

export const conditionalExpressions: Record<string, ExpressionOperator> = {
  $cond: cond,
  $ifNull: ifNull,
  $switch: switchOperator,
}
