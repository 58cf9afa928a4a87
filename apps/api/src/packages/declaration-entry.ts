import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Conditions under which TypeScript reads `exports` for an import. */
const CONDITIONS = new Set(['types', 'import', 'node', 'default'])

/**
 * The file of declarations that a path means, as TypeScript's bundler resolution finds it: a file with or without its
 * ending, a folder with a manifest or an index. Null when there is none.
 */
export async function declarationEntry(path: string): Promise<string | null> {
  const named = candidates(path)
  const manifest = await readFile(join(path, 'package.json'), 'utf8').then(parsed, () => null)
  const written = manifest && mainOf(manifest)
  if (written && !written.includes('..')) named.push(...candidates(join(path, written)))
  named.push(join(path, 'index.d.ts'), join(path, 'index.d.mts'), join(path, 'index.d.cts'))
  for (const one of named) {
    if (
      await stat(one).then(
        (found) => found.isFile(),
        () => false,
      )
    )
      return one
  }
  return null
}

/** Files that may declare what stands in a module: `x.js` -> `x.d.ts`, `x.mjs` -> `x.d.mts`, `x` -> `x.d.ts`. */
function candidates(path: string): string[] {
  if (/\.d\.[cm]?ts$/.test(path)) return [path]
  const script = /^(.*)\.([cm]?)[jt]s$/.exec(path)
  return script ? [`${script[1]}.d.${script[2]}ts`, `${script[1]}.d.ts`] : [`${path}.d.ts`, `${path}.d.mts`]
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function mainOf(manifest: Record<string, unknown>): string | null {
  const exported = manifest.exports
  const root = typeof exported === 'object' && exported !== null && '.' in exported ? exported['.'] : exported
  return [conditional(root), manifest.types, manifest.typings, manifest.main].find(isText) ?? null
}

function conditional(target: unknown): string | null {
  if (isText(target)) return target
  if (Array.isArray(target)) return target.map(conditional).find(isText) ?? null
  if (typeof target !== 'object' || target === null) return null
  for (const [condition, next] of Object.entries(target)) {
    const found = CONDITIONS.has(condition) ? conditional(next) : null
    if (found) return found
  }
  return null
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
