import { readFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { ExportedNames } from '@lathe/shared'
import { parse } from 'oxc-parser'
import { type Assigned, assignedIn } from './assigned-names.ts'
import { declarationEntry } from './declaration-entry.ts'

/** What one package may cost: beyond it, what was found until then is what is known. */
const MAX_FILES = 500
const MAX_BYTES = 8_000_000
const MAX_NAMES = 5_000

const KNOWN = 2_000
/** By folder: what stands in an app's store never changes. */
const known = new Map<string, Promise<ExportedNames>>()

/**
 * What `import ... from '<name>'` can bring in, by the declarations in `folder`. Read from their syntax: of what
 * `export =` gives, members of its namespace and of an interface that it is declared to have; names that only the type
 * checker could find are missing.
 * @param name as it is imported, though the declarations may be those of `@types`
 */
export function exportedNames(name: string, folder: string): Promise<ExportedNames> {
  const found = known.get(folder)
  if (found) return found
  const names = read(name, folder).catch(() => ({ values: [], types: [] }))
  known.set(folder, names)
  if (known.size > KNOWN) known.delete(known.keys().next().value as string)
  return names
}

interface Names {
  values: Set<string>
  types: Set<string>
}

async function read(name: string, folder: string): Promise<ExportedNames> {
  const files = new Map<string, Names>()
  let bytes = 0

  /** All that a file exports; in a circle, what is known of it until then. */
  const namesOf = async (path: string): Promise<Names> => {
    const known = files.get(path)
    if (known) return known
    const own: Names = { values: new Set(), types: new Set() }
    if (files.size >= MAX_FILES || bytes > MAX_BYTES) return own
    files.set(path, own)
    const text = await readFile(path, 'utf8')
    bytes += text.length
    const declared = declarationsIn(text)
    const { module, program } = await parse(path, text, { lang: 'dts', sourceType: 'module' })
    for (const one of module.staticExports.flatMap(({ entries }) => entries)) {
      const specifier = one.moduleRequest?.value
      const file = specifier === undefined ? null : await declarationFile(folder, path, specifier)
      const from = specifier === undefined ? declared : file === null ? null : await namesOf(file)
      if (one.importName.kind === 'AllButDefault') {
        for (const each of from?.values ?? []) if (each !== 'default') own.values.add(each)
        for (const each of from?.types ?? []) own.types.add(each)
        continue
      }
      const exported = one.exportName.kind === 'Default' ? 'default' : one.exportName.name
      if (exported === null) continue
      const local = one.importName.name ?? one.localName.name ?? exported
      own[from?.types.has(local) && !from.values.has(local) ? 'types' : 'values'].add(exported)
    }
    if (/^export\s*=/m.test(text)) {
      own.values.add('default')
      await addAssigned(own, path, text, assignedIn(program.body))
    }
    return own
  }

  /** What can be imported by name from a module that is one value. */
  const addAssigned = async (own: Names, path: string, text: string, assigned: Assigned): Promise<void> => {
    if (assigned.name === null) return
    const { values = [], types = [] } = assigned.namespaces.get(assigned.name) ?? {}
    for (const each of values) own.values.add(each)
    for (const each of types) own.types.add(each)
    const type = assigned.typeOf.get(assigned.name)
    if (type === undefined) return
    // lodash adds to its interface in files that are named by references.
    const parts = [assigned]
    for (const [, named] of text.matchAll(REFERENCE)) {
      const file = await declarationFile(folder, path, `./${named}`)
      if (!file || files.has(file) || files.size >= MAX_FILES || bytes > MAX_BYTES) continue
      files.set(file, { values: new Set(), types: new Set() })
      const part = await readFile(file, 'utf8')
      bytes += part.length
      const { program } = await parse(file, part, { lang: 'dts', sourceType: 'module' })
      parts.push(assignedIn(program.body))
    }
    for (const each of parts.flatMap(({ interfaces }) => interfaces.get(type) ?? [])) own.values.add(each)
  }

  const entry = await declarationEntry(folder)
  const { values, types }: Names = entry ? await namesOf(entry) : { values: new Set(), types: new Set() }
  const named = [...values].map((one) => (one === 'default' ? asIdentifier(name) : one))
  return { values: [...new Set(named)].slice(0, MAX_NAMES), types: [...types].slice(0, MAX_NAMES) }
}

/** Names of a file's own declarations: both of a class, an enum or a namespace count as values. */
function declarationsIn(text: string): Names {
  const names: Names = { values: new Set(), types: new Set() }
  for (const [, kind, name] of text.matchAll(DECLARED)) {
    if (name) names[kind === 'interface' || kind === 'type' ? 'types' : 'values'].add(name)
  }
  return names
}

const REFERENCE = /^\/\/\/\s*<reference\s+path\s*=\s*["']([^"']+)["']/gm

const DECLARED =
  /(?:^|;|\b(?:export|default|declare|abstract))\s*(interface|type|const|let|var|function|class|enum|namespace)\s+([\w$]+)/gm

/** The declarations that a relative specifier leads to, inside of the package; null for all others. */
async function declarationFile(folder: string, from: string, specifier: string): Promise<string | null> {
  if (!specifier.startsWith('.')) return null
  const path = join(dirname(from), specifier)
  if (path !== folder && !path.startsWith(folder + sep)) return null
  return declarationEntry(path)
}

/** What the default export is called when nobody named it: `date-fns` -> `dateFns`, as TypeScript does it. */
function asIdentifier(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1)
  return base.replace(/[^\w$]+(\w?)/g, (_, next: string) => next.toUpperCase())
}
