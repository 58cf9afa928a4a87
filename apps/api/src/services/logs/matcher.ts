import { RegexSearch } from '../../logs/regex-search.ts'
import { Refusal } from '../../refusal.ts'

/** Finds out which of some texts are meant. */
export interface Matcher extends AsyncDisposable {
  /** @returns indexes of the texts that match */
  match(texts: string[]): Promise<ReadonlySet<number>>
}

/** @throws Refusal INVALID_INPUT for what is no regular expression, or takes too long */
export function matcherOf(text: string, isRegex: boolean): Matcher {
  return isRegex ? regexMatcher(text) : literalMatcher(text)
}

function literalMatcher(text: string): Matcher {
  const wanted = text.toLowerCase()
  return {
    async match(texts) {
      const hits = new Set<number>()
      for (const [index, one] of texts.entries()) if (one.toLowerCase().includes(wanted)) hits.add(index)
      return hits
    },
    async [Symbol.asyncDispose]() {},
  }
}

function regexMatcher(pattern: string): Matcher {
  try {
    new RegExp(pattern, 'iu')
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : 'is not a regular expression')
  }
  const search = new RegexSearch(pattern, 'iu')
  return {
    async match(texts) {
      const hits = await search.match(texts)
      if (!hits) throw invalid('this expression takes too long: make it simpler, or search for plain text')
      return hits
    },
    [Symbol.asyncDispose]: () => search[Symbol.asyncDispose](),
  }
}

function invalid(message: string): Refusal {
  return new Refusal('INVALID_INPUT', `text: ${message}`, { issues: [{ path: 'text', message }] })
}
