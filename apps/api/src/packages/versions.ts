import type { PackageVersions } from '@lathe/shared'
import { rcompare, valid } from 'semver'
import { deprecationOf, licenseOf } from './manifest-facts.ts'
import type { RegistryClient } from './registry-client.ts'
import { typesOf } from './search.ts'

const SHOWN = 500

/**
 * All versions of a package, newest first, with its tags.
 * @throws RegistryError
 */
export async function packageVersions(client: RegistryClient, name: string): Promise<PackageVersions> {
  const packument = await client.packument(name)
  const versions = Object.keys(packument.versions ?? {})
    .filter((version) => valid(version) !== null)
    .sort(rcompare)
  const tags = Object.fromEntries(
    Object.entries(packument['dist-tags'] ?? {}).filter(([, version]) => typeof version === 'string'),
  )
  const newest = packument.versions?.[tags.latest ?? versions[0] ?? ''] ?? {}
  return {
    name,
    description: String(packument.description ?? newest.description ?? '').slice(0, 500),
    license: licenseOf(newest.license ?? packument.license),
    types: await typesOf(client, name, newest).catch(() => 'none' as const),
    versions: versions.slice(0, SHOWN).map((version) => ({
      version,
      publishedAt: packument.time?.[version] ?? null,
      deprecated: deprecationOf(packument.versions?.[version] ?? {}),
    })),
    tags,
  }
}
