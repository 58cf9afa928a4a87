import { given, oneOf, type Search, text } from '../../lib/search-params.ts'
import { type TimeSearch, timeSearch } from '../../lib/time-range.ts'

export const views = ['live', 'history', 'requests'] as const
export const levels = ['debug', 'info', 'warn', 'error'] as const
export const statuses = ['2xx', '3xx', '4xx', '5xx'] as const

/** What stands in the address of the logs page: all of its state, so that it can be sent to a colleague. */
export interface LogsSearch extends TimeSearch {
  view?: (typeof views)[number] | undefined
  fn?: string | undefined
  level?: (typeof levels)[number] | undefined
  status?: (typeof statuses)[number] | undefined
  /** What lines have to contain; a regular expression with `re`. */
  q?: string | undefined
  re?: true | undefined
  /** Lines and records of this request alone. */
  rid?: string | undefined
  /** The id of a line: what is stored is shown from there on, back in time. */
  entry?: string | undefined
  /** The request that is open beside the list. */
  request?: string | undefined
}

export function logsSearch(search: Search): LogsSearch {
  return {
    ...given('view', oneOf(search, 'view', views)),
    ...given('fn', text(search, 'fn')),
    ...given('level', oneOf(search, 'level', levels)),
    ...given('status', oneOf(search, 'status', statuses)),
    ...given('q', text(search, 'q')),
    ...given('re', search.re === true ? true : undefined),
    ...given('rid', text(search, 'rid')),
    ...given('entry', entryIn(search)),
    ...given('request', text(search, 'request')),
    ...timeSearch(search),
  }
}

function entryIn(search: Search): string | undefined {
  const id = text(search, 'entry')
  return id !== undefined && /^[0-9a-f]{24}$/.test(id) ? id : undefined
}
