import { given, oneOf, type Search, text } from '../../lib/search-params.ts'
import { type TimeSearch, timeSearch } from '../../lib/time-range.ts'

/** What stands in the address of the metrics page. */
export interface MetricsSearch extends TimeSearch {
  fn?: string | undefined
  as?: 'table' | undefined
}

export function metricsSearch(search: Search): MetricsSearch {
  return {
    ...given('fn', text(search, 'fn')),
    ...given('as', oneOf(search, 'as', ['table'])),
    ...timeSearch(search),
  }
}
