/** Expressions that bind variables: `$map`, `$filter`, `$reduce`, `$let`. */
import { asInteger, isNullish, truthy, typeName } from '../../bson/types.ts'
import { isDoc, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { type Env, type ExpressionOperator, namedArguments, type Run } from '../operator.ts'

export function checkVariable(name: Value): string {
  if (typeof name !== 'string' || !/^[a-z\u0080-\uffff][\w\u0080-\uffff]*$/.test(name)) {
    throw new MongoError(
      'FailedToParse',
      `'${String(name)}' starts with an invalid character for a user variable name`,
    )
  }
  return name
}

function bind(env: Env, name: string, value: Value): Env {
  return { root: env.root, vars: new Map(env.vars).set(name, value) }
}

const map: ExpressionOperator = (operand, compiler) => {
  const named = namedArguments('$map', operand, ['input', 'in'], ['as'])
  const name = named.has('as') ? checkVariable(named.get('as')!) : 'this'
  const input = compiler.compile(named.get('input')!)
  const body = compiler.scoped([name]).compile(named.get('in')!)
  return (env) => {
    const v = input(env)
    if (isNullish(v)) return null
    if (!Array.isArray(v)) throw new MongoError(16883, `input to $map must be an array not ${typeName(v)}`)
    return v.map((element) => body(bind(env, name, element)) ?? null)
  }
}

const filter: ExpressionOperator = (operand, compiler) => {
  const named = namedArguments('$filter', operand, ['input', 'cond'], ['as', 'limit'])
  const name = named.has('as') ? checkVariable(named.get('as')!) : 'this'
  const input = compiler.compile(named.get('input')!)
  const test = compiler.scoped([name]).compile(named.get('cond')!)
  const limit = named.has('limit') ? compiler.compile(named.get('limit')!) : undefined
  return (env) => {
    const v = input(env)
    if (isNullish(v)) return null
    if (!Array.isArray(v)) throw new MongoError(28651, `input to $filter must be an array not ${typeName(v)}`)
    const most = limit?.(env)
    const max = isNullish(most) ? Infinity : asInteger(most)
    if (max === undefined || max < 1) throw new MongoError(327392, '$filter: limit must be greater than 0')
    const out: Value[] = []
    for (const element of v) {
      if (out.length >= max) break
      if (truthy(test(bind(env, name, element)))) out.push(element)
    }
    return out
  }
}

const reduce: ExpressionOperator = (operand, compiler) => {
  const named = namedArguments('$reduce', operand, ['input', 'initialValue', 'in'])
  const input = compiler.compile(named.get('input')!)
  const initial = compiler.compile(named.get('initialValue')!)
  const body = compiler.scoped(['this', 'value']).compile(named.get('in')!)
  return (env) => {
    const v = input(env)
    if (isNullish(v)) return null
    if (!Array.isArray(v))
      throw new MongoError(40080, `$reduce requires that 'input' be an array, found: ${typeName(v)}`)
    let value = initial(env)
    for (const element of v) {
      const vars = new Map(env.vars).set('this', element)
      if (value === undefined) vars.delete('value')
      else vars.set('value', value)
      value = body({ root: env.root, vars })
    }
    return value
  }
}

const letOperator: ExpressionOperator = (operand, compiler) => {
  const named = namedArguments('$let', operand, ['vars', 'in'])
  const vars = named.get('vars')
  if (!isDoc(vars)) throw new MongoError(16876, '$let vars must be an object')
  const bound = [...vars].map(([name, v]): [string, Run] => [checkVariable(name), compiler.compile(v)])
  const body = compiler.scoped(bound.map(([name]) => name)).compile(named.get('in')!)
  return (env) => {
    const scope = new Map(env.vars)
    for (const [name, run] of bound) {
      const v = run(env)
      if (v === undefined) scope.delete(name)
      else scope.set(name, v)
    }
    return body({ root: env.root, vars: scope })
  }
}

export const mappingExpressions: Record<string, ExpressionOperator> = {
  $map: map,
  $filter: filter,
  $reduce: reduce,
  $let: letOperator,
  $literal: (operand) => () => operand,
}
