import type { DependencyCheck, dependencyInputs } from '@lathe/shared'
import type { z } from 'zod'
import { parseLockfile } from '../../packages/lockfile.ts'
import { advisoriesFor, mapLimited } from '../../packages/receipt.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { newestOf } from './update.ts'

const CONCURRENT = 8

/** What the registry says today of the installed packages. What it does not say is null. */
export async function checkDependencies(
  request: SignedRequest,
  { appid }: z.infer<typeof dependencyInputs.app>,
): Promise<DependencyCheck> {
  const app = appOf(request, appid)
  const { packages } = request.context.dependencies
  const [doc, client] = await Promise.all([packages.ensure(appid), packages.client(app.teamId)])
  const all = doc.lockfile === null ? [] : [...parseLockfile(doc.lockfile).packages.values()]
  const [found, advisories] = await Promise.all([
    mapLimited(doc.packages, CONCURRENT, async ({ name, range, version }) => {
      try {
        const { latest, wanted, deprecations } = await newestOf(client, name, range)
        return { name, latest, wanted, deprecated: deprecations.get(version) ?? null }
      } catch {
        return { name, latest: null, wanted: null, deprecated: null }
      }
    }),
    advisoriesFor(client, all),
  ])
  return { packages: found, ...advisories }
}
