/** Names of the app's functions that a source imports: `@/users/util`, `./util`, `../util.ts`. */
export function importedFunctions(name: string, source: string): string[] {
  const folder = name.split('/').slice(0, -1)
  const found = new Set<string>()
  for (const [, specifier] of source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"\n]+)['"]/g)) {
    const target = resolve(specifier ?? '', folder)
    if (target && target !== name) found.add(target)
  }
  return [...found]
}

function resolve(specifier: string, folder: string[]): string | null {
  const plain = specifier.replace(/\.[tj]s$/, '')
  if (plain.startsWith('@/')) return plain.slice(2)
  if (!/^\.{1,2}\//.test(plain)) return null
  const path = [...folder]
  for (const part of plain.split('/')) {
    if (part === '..') {
      if (path.pop() === undefined) return null
    } else if (part !== '.') path.push(part)
  }
  return path.join('/')
}
