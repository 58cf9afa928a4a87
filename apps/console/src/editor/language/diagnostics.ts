import { packageOfSpecifier } from '@lathe/shared'
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

let installed: ReadonlySet<string> | null = null

/** Which packages the app has; null = not known. */
export function setInstalledPackages(names: ReadonlySet<string> | null): void {
  installed = names
}

/**
 * What to say, instead of TypeScript's words, of the import of a package that it knows nothing of: an error when the app
 * has not got the package, a hint when only its types are missing. Null for every other diagnostic, other functions'
 * names among them.
 */
export function packageTrouble(d: Diagnostic): { message: string; missing: boolean } | null {
  if (!UNRESOLVED.has(d.code)) return null
  const specifier = /'([^']+)'/.exec(messageOf(d))?.[1]
  const name = specifier && packageOfSpecifier(specifier)
  if (!name || specifier.startsWith('@/')) return null
  const missing = installed !== null && !installed.has(name)
  return { message: missing ? t('editor.notInstalled', { name }) : t('editor.noTypes', { name }), missing }
}
