import {
  type PackageHit,
  type PackageSearch,
  packageNameSchema,
  type TypesOrigin,
  typesPackageOf,
} from '@lathe/shared'
import { deprecationOf, hasOwnTypes, licenseOf } from './manifest-facts.ts'
import { type Manifest, type RegistryClient, RegistryError, type SearchObject } from './registry-client.ts'

const HITS = 20
/** Results for which the registry is asked more than its search tells. */
const DETAILED = 8
/** Details that come later than this are left out: a search has to feel immediate. */
const DETAILS_MS = 1_500

/** Searches the registry; the package of exactly this name stands first, also where the registry has no search. */
export async function searchPackages(
  client: RegistryClient,
  text: string,
  signal: AbortSignal,
): Promise<PackageSearch> {
  const named = packageNameSchema.safeParse(text).success
  const [found, exact] = await Promise.all([
    settle(client.search(text, HITS, signal)),
    named ? settle(client.manifest(text, 'latest', signal)) : null,
  ])
  signal.throwIfAborted()
  const hits = found.ok ? found.value.flatMap((object) => hitOf(object, text)) : []
  if (exact?.ok) {
    const listed = hits.findIndex(({ name }) => name === text)
    const known = listed < 0 ? null : hits.splice(listed, 1)[0]
    hits.unshift(exactHit(text, exact.value, known))
  }
  const [first] = hits
  const state = found.ok ? 'ok' : stateOf(found.trouble, first !== undefined)
  return { hits: await withDetails(client, hits, signal), state, message: messageOf(state) }
}

type Settled<T> = { ok: true; value: T } | { ok: false; trouble: RegistryError }

async function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  try {
    return { ok: true, value: await promise }
  } catch (error) {
    if (error instanceof RegistryError) return { ok: false, trouble: error }
    if ((error as Error).name === 'AbortError') throw error
    return { ok: false, trouble: new RegistryError('BAD_ANSWER', String(error)) }
  }
}

function stateOf({ trouble }: RegistryError, exactFound: boolean): PackageSearch['state'] {
  if (trouble === 'UNSUPPORTED' || trouble === 'BAD_ANSWER' || exactFound) return 'exact-only'
  return trouble === 'UNAUTHORIZED' ? 'unauthorized' : 'unreachable'
}

function messageOf(state: PackageSearch['state']): string | null {
  switch (state) {
    case 'ok':
      return null
    case 'exact-only':
      return 'This registry has no search. Packages are found by their exact name.'
    case 'unauthorized':
      return 'The registry refuses access. Set a token for it.'
    case 'unreachable':
      return 'The registry cannot be reached. What is installed goes on working; try again.'
  }
}

function hitOf(object: SearchObject | null, text: string): PackageHit[] {
  const { name, version, description, date, license } = object?.package ?? {}
  if (typeof name !== 'string' || typeof version !== 'string') return []
  const weekly = object?.downloads?.weekly
  return [
    {
      name,
      version,
      description: typeof description === 'string' ? description.slice(0, 500) : '',
      license: licenseOf(license),
      weeklyDownloads: typeof weekly === 'number' ? weekly : null,
      publishedAt: typeof date === 'string' ? date : null,
      deprecated: null,
      types: null,
      exact: name === text,
    },
  ]
}

function exactHit(name: string, manifest: Manifest, known: PackageHit | null | undefined): PackageHit {
  return {
    name,
    version: manifest.version ?? known?.version ?? '',
    description: manifest.description?.slice(0, 500) ?? known?.description ?? '',
    license: licenseOf(manifest.license) ?? known?.license ?? null,
    weeklyDownloads: known?.weeklyDownloads ?? null,
    publishedAt: known?.publishedAt ?? null,
    deprecated: deprecationOf(manifest),
    types: hasOwnTypes(manifest) ? 'own' : null,
    exact: true,
  }
}

async function withDetails(
  client: RegistryClient,
  hits: PackageHit[],
  signal: AbortSignal,
): Promise<PackageHit[]> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(DETAILS_MS)])
  const detailed = hits.slice(0, DETAILED).map(async (hit) => {
    try {
      const manifest = await client.manifest(hit.name, 'latest', limited)
      return {
        ...hit,
        license: hit.license ?? licenseOf(manifest.license),
        deprecated: deprecationOf(manifest),
        types: await typesOf(client, hit.name, manifest, limited),
      }
    } catch {
      return hit // what is not known stays null
    }
  })
  return [...(await Promise.all(detailed)), ...hits.slice(DETAILED)]
}

/** Where the types of a package come from, by its manifest and the registry. */
export async function typesOf(
  client: RegistryClient,
  name: string,
  manifest: Manifest,
  signal?: AbortSignal,
): Promise<TypesOrigin> {
  if (hasOwnTypes(manifest)) return 'own'
  if (name.startsWith('@types/')) return 'own'
  try {
    await client.manifest(typesPackageOf(name), 'latest', signal)
    return '@types'
  } catch (error) {
    if (error instanceof RegistryError && error.trouble === 'NOT_FOUND') return 'none'
    throw error
  }
}
