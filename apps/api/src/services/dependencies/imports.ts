import { createHash } from 'node:crypto'
import { isBuiltin } from 'node:module'
import { packageOfSpecifier } from '@lathe/shared'
import { parseSync } from 'oxc-parser'

const KNOWN = 5_000
const known = new Map<string, readonly string[]>()
/** What the runtime brings itself. */
const PROVIDED = new Set(['@lathe/cloud', '@lafjs/cloud', 'mongodb'])

/**
 * The packages that a function's source imports: statically, by `import()` of a literal, by `require` of a literal.
 * Types are imports too. A source that cannot be parsed gives what could be read of it.
 */
export function packagesImported(source: string): readonly string[] {
  const key = createHash('sha256').update(source).digest('base64')
  const found = known.get(key)
  if (found) return found
  const names = new Set<string>()
  for (const specifier of specifiersIn(source)) {
    const name = packageOfSpecifier(specifier)
    if (name !== null && !isBuiltin(specifier) && !PROVIDED.has(name)) names.add(name)
  }
  const packages = [...names]
  known.set(key, packages)
  if (known.size > KNOWN) known.delete(known.keys().next().value as string)
  return packages
}

function specifiersIn(source: string): string[] {
  const { module } = parseSync('function.ts', source, { lang: 'ts', sourceType: 'module' })
  const specifiers = module.staticImports.map(({ moduleRequest }) => moduleRequest.value)
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest) specifiers.push(moduleRequest.value)
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(['"`])([^'"`$]+)\1$/.exec(source.slice(moduleRequest.start, moduleRequest.end))
    if (literal?.[2]) specifiers.push(literal[2])
  }
  for (const [, , specifier] of source.matchAll(/\brequire\(\s*(['"])([^'"]+)\1\s*\)/g)) {
    if (specifier) specifiers.push(specifier)
  }
  return specifiers
}
