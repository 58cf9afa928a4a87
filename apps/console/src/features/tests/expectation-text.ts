import type { Expectation } from '@lathe/shared'
import { t } from '../../i18n/i18n.ts'

const matches = {
  equals: 'tests.matchEquals',
  contains: 'tests.matchContains',
  matches: 'tests.matchMatches',
  exists: 'tests.matchExists',
} as const

export function matchText(match: keyof typeof matches): string {
  return t(matches[match])
}

/** An expectation in a line. */
export function expectationText(one: Expectation): string {
  switch (one.kind) {
    case 'status':
      return `${t('tests.statusCode')} ${one.status}`
    case 'header':
      return [one.name, matchText(one.match), one.match === 'exists' ? '' : one.value].join(' ').trim()
    case 'json':
      return [one.path, matchText(one.match), one.match === 'exists' ? '' : one.value].join(' ').trim()
    case 'schema':
      return t('tests.schema')
    case 'body':
      return t('tests.body')
    case 'duration':
      return `${t('tests.duration')} ≤ ${one.maxMs} ms`
  }
}
