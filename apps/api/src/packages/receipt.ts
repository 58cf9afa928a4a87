import type { Advisory, Receipt, ReceiptPackage } from '@lathe/shared'
import { satisfies } from 'semver'
import { type Lockfile, plainVersion } from './lockfile.ts'
import { deprecationOf, hasInstallScripts, licenseOf, looksNative } from './manifest-facts.ts'
import { type Manifest, type RegistryClient, RegistryError } from './registry-client.ts'

const CONCURRENT = 12

/**
 * What a change from one lockfile to another would bring, as far as the registry tells.
 * @param before null = nothing is installed
 */
export async function makeReceipt(
  client: RegistryClient,
  before: Lockfile | null,
  after: Lockfile,
): Promise<Receipt> {
  const old = before?.packages ?? new Map()
  const fresh = [...after.packages].filter(([key]) => !old.has(key)).map(([, locked]) => locked)
  const gone = [...old].filter(([key]) => !after.packages.has(key)).map(([, locked]) => locked)
  const added = await mapLimited(fresh, CONCURRENT, async ({ name, version }) => {
    const manifest = await client.manifest(name, version).catch(() => null)
    const direct = after.direct.get(name)
    return lineOf(name, version, direct !== undefined && plainVersion(direct) === version, manifest)
  })
  added.sort((a, b) => Number(b.direct) - Number(a.direct) || a.name.localeCompare(b.name))
  const changed = [...after.direct].flatMap(([name, to]) => {
    const from = before?.direct.get(name)
    return from === undefined || from === to ? [] : [{ name, from: plainVersion(from), to: plainVersion(to) }]
  })
  const removedDirect = [...(before?.direct.keys() ?? [])].some((name) => !after.direct.has(name))
  return {
    added,
    removed: gone,
    changed,
    unpackedBytes: added.reduce((sum, { unpackedBytes }) => sum + (unpackedBytes ?? 0), 0),
    unknownSizes: added.filter(({ unpackedBytes }) => unpackedBytes === null).length,
    licenses: countLicenses(added),
    ...(await advisoriesFor(client, fresh)),
    replaces: changed.length > 0 || removedDirect,
  }
}

function lineOf(name: string, version: string, direct: boolean, manifest: Manifest | null): ReceiptPackage {
  const size = manifest?.dist?.unpackedSize
  return {
    name,
    version,
    direct,
    unpackedBytes: typeof size === 'number' && size >= 0 ? size : null,
    license: manifest ? licenseOf(manifest.license) : null,
    deprecated: manifest ? deprecationOf(manifest) : null,
    scripts: manifest ? hasInstallScripts(manifest) : false,
    native: manifest ? looksNative(manifest) : false,
  }
}

function countLicenses(added: readonly ReceiptPackage[]): Receipt['licenses'] {
  const counts = new Map<string, number>()
  for (const { license } of added) {
    const name = license ?? 'not given'
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([license, count]) => ({ license, count })).sort((a, b) => b.count - a.count)
}

/** Known vulnerabilities of these versions, by the registry's bulk interface; or why they are not known. */
export async function advisoriesFor(
  client: RegistryClient,
  packages: readonly { name: string; version: string }[],
): Promise<{ advisories: Advisory[]; advisoriesUnknown: string | null }> {
  if (packages.length === 0) return { advisories: [], advisoriesUnknown: null }
  const installed: Record<string, string[]> = {}
  for (const { name, version } of packages) installed[name] = [...(installed[name] ?? []), version]
  try {
    const answer = await client.advisories(installed)
    const advisories = packages.flatMap(({ name, version }) => {
      const found = answer[name]
      if (!Array.isArray(found)) return []
      return found
        .filter(({ vulnerable_versions }) => satisfies(version, vulnerable_versions ?? '*'))
        .map(({ severity, title, url }) => ({
          name,
          version,
          severity: String(severity ?? 'unknown'),
          title: String(title ?? 'A known vulnerability'),
          url: typeof url === 'string' && /^https?:/.test(url) ? url : null,
        }))
    })
    return { advisories, advisoriesUnknown: null }
  } catch (error) {
    const missing = error instanceof RegistryError && ['UNSUPPORTED', 'NOT_FOUND'].includes(error.trouble)
    return {
      advisories: [],
      advisoriesUnknown: missing
        ? 'This registry does not tell advisories.'
        : 'The registry did not answer with advisories.',
    }
  }
}

/** Maps with at most `limit` calls at a time, in order. */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length)
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await map(items[index]!)
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  return results
}
