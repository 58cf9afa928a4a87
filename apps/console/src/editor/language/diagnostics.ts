import { t } from '../../i18n/i18n.ts'

/** The part of TypeScript's diagnostic that crosses the worker's border. */
export interface Diagnostic {
  start: number | undefined
  length: number | undefined
  messageText: string | Chain
  category: number
  code: number
  reportsUnnecessary?: unknown
  reportsDeprecated?: unknown
}

interface Chain {
  messageText: string
  next?: Chain[]
}

export function messageOf(d: Diagnostic): string {
  if (typeof d.messageText === 'string') return d.messageText
  const lines = (chain: Chain, depth: number): string[] => [
    '  '.repeat(depth) + chain.messageText,
    ...(chain.next ?? []).flatMap((next) => lines(next, depth + 1)),
  ]
  return lines(d.messageText, 0).join('\n')
}

/** TypeScript's codes for a module that was not found, or has no types. */
export const UNRESOLVED = new Set([2307, 2792, 7016, 2882])

/**
 * A package whose types this browser does not have is no error of the function's: the runtime may have the package.
 * Gives the hint to show instead; null for every other diagnostic, other functions' names among them.
 */
export function isTypeless(d: Diagnostic): string | null {
  if (!UNRESOLVED.has(d.code)) return null
  const name = /'([^']+)'/.exec(messageOf(d))?.[1]
  if (!name || /^(?:\.{0,2}\/|@\/|node:)/.test(name)) return null
  return t('editor.noTypes', { name })
}
