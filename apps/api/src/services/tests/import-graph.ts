import { isTestFile } from '@lathe/shared'
import type { Suite } from './suite.ts'

/** What a module imports, also through others, without itself unless in a circle. */
export function reachedBy(suite: Suite, name: string): Set<string> {
  const reached = new Set<string>()
  const ahead = [...(suite.get(name)?.imports ?? [])]
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    ahead.push(...(suite.get(next)?.imports ?? []))
  }
  return reached
}

/** These functions and all that import one of them, also through others: what a change of them can change. */
export function withImporters(suite: Suite, changed: string[]): string[] {
  const importers = [...suite.keys()].filter((name) => {
    const reached = reachedBy(suite, name)
    return changed.some((one) => reached.has(one))
  })
  return [...new Set([...changed, ...importers])]
}

/**
 * The files of tests that may fail by a change of these functions: they are among them, are named after one, import
 * one, or have the address of one as a text, as whoever calls it over HTTP does.
 * @param changed with their importers
 */
export function affectedFiles(suite: Suite, changed: string[]): string[] {
  const names = new Set(changed)
  return [...suite.values()]
    .filter(({ name }) => isTestFile(name))
    .filter(
      ({ name, source }) =>
        names.has(name) ||
        names.has(name.replace(/\.test$/, '')) ||
        changed.some((one) => hasAddress(source, one)),
    )
    .map(({ name }) => name)
}

/** The address in quotes, alone or with more behind it: `'/users/list?page=2'`. */
function hasAddress(source: string, name: string): boolean {
  return new RegExp(`["'\`]/?${RegExp.escape(name)}["'\`/?#]`).test(source)
}
