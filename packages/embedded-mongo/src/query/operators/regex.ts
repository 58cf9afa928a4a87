import { BsonSymbol, Regex } from '../../bson/values.ts'
import type { Leaf } from '../filter.ts'
import { compileRegex } from '../regex.ts'

/** Matches strings by the pattern, and stored regular expressions that are the same. */
export function regexTest(regex: Regex): Pick<Leaf, 'test' | 'expand'> {
  const re = compileRegex(regex.pattern, regex.flags)
  return {
    expand: true,
    test: (v) => {
      if (typeof v === 'string') return re.test(v)
      if (v instanceof BsonSymbol) return re.test(v.value)
      return v instanceof Regex && v.pattern === regex.pattern && v.flags === regex.flags
    },
  }
}
