import type { DependenciesDoc, InstalledDependency } from '../../mongo/dependency-documents.ts'
import type { Installed } from '../../packages/installed.ts'
import { plainVersion } from '../../packages/lockfile.ts'

/** What is written down of the packages that were asked for; what was known of the same version before stays. */
export function installedEntries(
  { direct, resolution }: Installed,
  current: DependenciesDoc,
  by: string,
): InstalledDependency[] {
  const known = new Map(current.packages.map((one) => [one.name, one]))
  return [...direct]
    .map(([name, facts]) => {
      const version = plainVersion(resolution.locked.direct.get(name) ?? facts.version)
      const before = known.get(name)
      const same = before?.version === version ? before : undefined
      return {
        name,
        range: resolution.dependencies[name] ?? version,
        version,
        sizeBytes: facts.bytes,
        types: facts.types ? ('own' as const) : ('none' as const),
        license: facts.license,
        native: facts.native,
        hasScripts: facts.scripts,
        importMs: same?.importMs ?? null,
        importBytes: same?.importBytes ?? null,
        addedAt: before?.addedAt ?? new Date(),
        addedBy: before?.addedBy ?? by,
      }
    })
    .sort((a, b) => a.name.localeCompare(b.name))
}

/** Names of what a change has added, removed and brought to another version. */
export function difference(before: DependenciesDoc, after: readonly InstalledDependency[]) {
  const old = new Map(before.packages.map(({ name, version }) => [name, version]))
  const now = new Map(after.map(({ name, version }) => [name, version]))
  return {
    added: [...now.keys()].filter((name) => !old.has(name)),
    removed: [...old.keys()].filter((name) => !now.has(name)),
    changed: [...now].flatMap(([name, version]) => {
      const earlier = old.get(name)
      return earlier !== undefined && earlier !== version ? [name] : []
    }),
  }
}
