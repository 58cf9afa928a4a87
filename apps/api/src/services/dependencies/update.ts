import type { dependencyInputs } from '@lathe/shared'
import { maxSatisfying } from 'semver'
import type { z } from 'zod'
import { mapLimited } from '../../packages/receipt.ts'
import type { RegistryClient } from '../../packages/registry-client.ts'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { merged } from './add.ts'
import type { ChangeDone } from './changes.ts'
import { changePackages, refusing, requested } from './scope.ts'

const CONCURRENT = 8

/** Brings packages to the newest version within their ranges, or to the newest at all. */
export async function updateDependencies(
  request: SignedRequest,
  { appid, names, to }: z.infer<typeof dependencyInputs.update>,
): Promise<ChangeDone> {
  const title = `update ${names?.join(', ') ?? 'all'}${to === 'latest' ? ' to the latest versions' : ''}`
  return changePackages(request, appid, title, async (current, { teamId }) => {
    const unknown = names?.find((name) => !current.packages.some((one) => one.name === name))
    if (unknown !== undefined) throw notFound('dependency', unknown)
    const client = await request.context.dependencies.packages.client(teamId)
    const chosen = current.packages.filter(({ name }) => names?.includes(name) ?? true)
    const newer = await refusing(
      mapLimited(chosen, CONCURRENT, async ({ name, range, version }) => {
        const { latest, wanted } = await newestOf(client, name, range)
        const next = (to === 'latest' ? latest : wanted) ?? version
        return { name, range: next === version ? range : rangeFor(range, next) }
      }),
    )
    return { packages: merged(requested(current), newer) }
  })
}

/** A range of the same kind that begins at a version. */
function rangeFor(range: string, version: string): string {
  const kind = /^[~^]/.exec(range)?.[0]
  if (kind !== undefined) return kind + version
  return /^[\d.]+[\w.+-]*$/.test(range) ? version : `^${version}`
}

export async function newestOf(
  client: RegistryClient,
  name: string,
  range: string,
): Promise<{ latest: string | null; wanted: string | null; deprecations: ReadonlyMap<string, string> }> {
  const packument = await client.packument(name)
  const versions = Object.keys(packument.versions ?? {})
  const deprecations = new Map<string, string>()
  for (const [version, { deprecated }] of Object.entries(packument.versions ?? {})) {
    if (typeof deprecated === 'string' && deprecated !== '') deprecations.set(version, deprecated)
  }
  return {
    latest: packument['dist-tags']?.latest ?? null,
    wanted: maxSatisfying(versions, range),
    deprecations,
  }
}
