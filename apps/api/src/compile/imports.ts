/**
 * Names of the app's functions that compiled code may import: `@/x`, `./x` and `../x`, in any form of import or
 * re-export. Read from the text, so that a string which merely looks like an import counts too; whoever asks must
 * not mind a name too many.
 * @param name the importing function, against which relative specifiers are resolved
 */
export function importedFunctions(name: string, code: string): string[] {
  const found = new Set<string>()
  for (const [, specifier] of code.matchAll(
    /\b(?:from|import)\s*\(?\s*["'`]((?:@|\.{1,2})\/[^"'`]+)["'`]/g,
  )) {
    const resolved = specifier && resolve(name, specifier)
    if (resolved) found.add(resolved)
  }
  return [...found]
}

function resolve(importer: string, specifier: string): string | null {
  const path = specifier.startsWith('@/') ? specifier.slice(2) : `${folderOf(importer)}${specifier}`
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') segments.push(segment)
    else if (segments.pop() === undefined) return null
  }
  return segments.join('/').replace(/\.[cm]?[jt]s$/, '')
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1)
}
