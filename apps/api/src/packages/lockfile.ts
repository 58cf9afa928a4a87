import { validRange } from 'semver'
import { parse, stringify } from 'yaml'
import { z } from 'zod'

const resolved = z.object({ specifier: z.string(), version: z.string() })
const links = z.record(z.string(), z.string()).optional()

/** What is read of pnpm's lockfile, version 9 (https://github.com/pnpm/spec/tree/master/lockfile). */
const lockfileSchema = z.looseObject({
  lockfileVersion: z.union([z.string(), z.number()]),
  importers: z.record(
    z.string(),
    z.object({ dependencies: z.record(z.string(), resolved).optional() }).loose(),
  ),
  packages: z
    .record(
      z.string(),
      z
        .object({
          resolution: z
            .object({
              integrity: z.string().optional(),
              tarball: z.string().optional(),
              type: z.string().optional(),
            })
            .loose()
            .optional(),
          deprecated: z.union([z.string(), z.boolean()]).optional(),
        })
        .loose(),
    )
    .default({}),
  snapshots: z
    .record(z.string(), z.object({ dependencies: links, optionalDependencies: links }).loose().nullable())
    .default({}),
})

export interface LockedPackage {
  name: string
  version: string
}

export interface Lockfile {
  /** The packages that were asked for: name -> exact version, with its peers as pnpm writes them. */
  direct: ReadonlyMap<string, string>
  /** Every package, once per version, by `name@version`. */
  packages: ReadonlyMap<string, LockedPackage>
  /** Packages that do not come from a registry with a checksum: git, paths, bare addresses. */
  exotic: string[]
}

/** @throws Error when the text is no lockfile that is understood */
export function parseLockfile(text: string): Lockfile {
  const file = lockfileSchema.parse(parse(text))
  if (!String(file.lockfileVersion).startsWith('9.')) {
    throw new Error(`lockfile version ${file.lockfileVersion} is not known`)
  }
  const packages = new Map<string, LockedPackage>()
  const exotic: string[] = []
  for (const [key, { resolution }] of Object.entries(file.packages)) {
    const at = key.lastIndexOf('@')
    const name = key.slice(0, at)
    const version = key.slice(at + 1)
    if (!resolution?.integrity || resolution.type !== undefined || /[:/]/.test(version)) exotic.push(key)
    packages.set(key, { name, version })
  }
  const direct = new Map(
    Object.entries(file.importers['.']?.dependencies ?? {}).map(([name, { version }]) => [name, version]),
  )
  return { direct, packages, exotic }
}

/**
 * Turns tags into ranges: who asks for `latest` gets `^1.2.3`, as with npm, so that what is written down says which
 * versions fit, and the lockfile agrees with it.
 */
export function pinTags(
  text: string,
  { direct }: Lockfile,
  wanted: Record<string, string>,
): { lockfile: string; dependencies: Record<string, string> } {
  const dependencies = { ...wanted }
  const tags = Object.keys(wanted).filter((name) => validRange(wanted[name]) === null)
  if (tags.length === 0) return { lockfile: text, dependencies }
  const file = lockfileSchema.parse(parse(text))
  for (const name of tags) {
    const entry = file.importers['.']?.dependencies?.[name]
    const version = direct.get(name)
    if (!entry || version === undefined) continue
    dependencies[name] = `^${plainVersion(version)}`
    entry.specifier = dependencies[name]
  }
  return { lockfile: stringify(file, { lineWidth: 0 }), dependencies }
}

/** `1.2.3(react@19.0.0)` -> `1.2.3` */
export function plainVersion(version: string): string {
  const end = version.indexOf('(')
  return end < 0 ? version : version.slice(0, end)
}
