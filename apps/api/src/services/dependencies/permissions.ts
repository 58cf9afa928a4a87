import type { dependencyInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import type { ChangeDone } from './changes.ts'
import { changePackages, requested } from './scope.ts'

/** What packages of this app may do that others may not. Takes an admin: it opens walls. Takes effect at once. */
export async function setPermissions(
  request: SignedRequest,
  { appid, nativeAddons, scripts }: z.infer<typeof dependencyInputs.permissions>,
): Promise<ChangeDone> {
  return changePackages(request, appid, 'change permissions', (current) => ({
    packages: requested(current),
    ...(nativeAddons === undefined ? {} : { nativeAddons }),
    ...(scripts === undefined ? {} : { scripts: [...new Set(scripts)].sort() }),
  }))
}
