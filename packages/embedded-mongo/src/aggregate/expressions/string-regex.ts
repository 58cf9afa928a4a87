import { isNullish, typeName } from '../../bson/types.ts'
import { type Doc, doc, int, Regex, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { compileRegex } from '../../query/regex.ts'
import { type Env, type ExpressionOperator, namedArguments } from '../operator.ts'

type Found = { input: string; re: RegExp } | undefined

function prepare(
  name: string,
  operand: Value,
  compiler: Parameters<ExpressionOperator>[1],
): (env: Env) => Found {
  const named = namedArguments(name, operand, ['input', 'regex'], ['options'])
  const [input, regex] = ['input', 'regex'].map((k) => compiler.compile(named.get(k)!)) as [
    (env: Env) => Value | undefined,
    (env: Env) => Value | undefined,
  ]
  const options = named.has('options') ? compiler.compile(named.get('options')!) : undefined
  return (env) => {
    const v = input(env)
    const r = regex(env)
    const o = options?.(env)
    if (isNullish(v) || isNullish(r)) return undefined
    if (typeof v !== 'string')
      throw new MongoError(51104, `${name} needs 'input' to be of type string, not ${typeName(v)}`)
    const flags = typeof o === 'string' ? o : ''
    if (r instanceof Regex) return { input: v, re: compileRegex(r.pattern, flags || r.flags) }
    if (typeof r !== 'string')
      throw new MongoError(51105, `${name} needs 'regex' to be of type string or regex`)
    return { input: v, re: compileRegex(r, flags) }
  }
}

/** Every match, with the same (possibly bounded) expression; an empty one moves on by a character. */
function allMatches(re: RegExp, input: string): RegExpExecArray[] {
  const Expression = re.constructor as RegExpConstructor
  const global = new Expression(re.source, `${re.flags}g`)
  const out: RegExpExecArray[] = []
  for (let match = global.exec(input); match; match = global.exec(input)) {
    out.push(match)
    if (match[0] === '') global.lastIndex += 1
  }
  return out
}

function describe(input: string, match: RegExpExecArray): Doc {
  return doc({
    match: match[0],
    idx: int([...input.slice(0, match.index)].length),
    captures: match.slice(1).map((c) => c ?? null),
  })
}

export const regexExpressions: Record<string, ExpressionOperator> = {
  $regexMatch: (operand, compiler, name) => {
    const run = prepare(name, operand, compiler)
    return (env) => {
      const found = run(env)
      return found ? found.re.test(found.input) : false
    }
  },
  $regexFind: (operand, compiler, name) => {
    const run = prepare(name, operand, compiler)
    return (env) => {
      const found = run(env)
      const match = found?.re.exec(found.input)
      return match ? describe(found!.input, match) : null
    }
  },
  $regexFindAll: (operand, compiler, name) => {
    const run = prepare(name, operand, compiler)
    return (env) => {
      const found = run(env)
      if (!found) return []
      return allMatches(found.re, found.input).map((match) => describe(found.input, match))
    }
  },
}
