import type { dependencyInputs } from '@lathe/shared'
import type { z } from 'zod'
import { notFound, Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import type { ChangeDone } from './changes.ts'
import { changePackages, requested } from './scope.ts'
import { importsOf } from './used-by.ts'

/**
 * Removes packages. What functions import is removed only by force: they go on with a runtime that cannot load them.
 */
export async function removeDependencies(
  request: SignedRequest,
  { appid, names, force }: z.infer<typeof dependencyInputs.remove>,
): Promise<ChangeDone> {
  livingAppOf(request, appid)
  const { mongo, dependencies } = request.context
  const doc = await dependencies.packages.ensure(appid)
  const unknown = names.find((name) => !doc.packages.some((one) => one.name === name))
  if (unknown !== undefined) throw notFound('dependency', unknown)
  if (!force) {
    const imports = await importsOf(mongo, appid)
    const usedBy = [...new Set(names.flatMap((name) => imports.get(name) ?? []))]
    if (usedBy.length > 0) {
      throw new Refusal('IN_USE', `${usedBy.join(', ')} still import${usedBy.length === 1 ? 's' : ''} it.`, {
        usedBy,
      })
    }
  }
  return changePackages(request, appid, `remove ${names.join(', ')}`, (current) => ({
    packages: requested(current).filter(({ name }) => !names.includes(name)),
  }))
}
