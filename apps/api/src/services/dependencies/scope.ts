import type { DependenciesDoc } from '../../mongo/dependency-documents.ts'
import type { AppDoc } from '../../mongo/documents.ts'
import { InstallError } from '../../packages/install-error.ts'
import { RegistryError } from '../../packages/registry-client.ts'
import { notFound, Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import type { ChangeDone, Wanted } from './changes.ts'

/** Turns what goes wrong with packages and registries into refusals. */
export async function refusing<T>(work: Promise<T>, what?: string): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof InstallError) {
      throw new Refusal('INSTALL_FAILED', error.message, { failure: error.failure })
    }
    if (error instanceof RegistryError) {
      if (error.trouble === 'NOT_FOUND' && what !== undefined) throw notFound('package', what)
      const failure = error.trouble === 'UNAUTHORIZED' ? 'REGISTRY_UNAUTHORIZED' : 'REGISTRY_UNREACHABLE'
      throw new Refusal('INSTALL_FAILED', error.message, { failure })
    }
    throw error
  }
}

/** Runs a change of an app's packages, and answers when it is done. */
export async function changePackages(
  request: SignedRequest,
  appid: string,
  title: string,
  plan: (current: DependenciesDoc, app: AppDoc) => Wanted | Promise<Wanted>,
): Promise<ChangeDone> {
  const app = livingAppOf(request, appid)
  const { changes } = request.context.dependencies
  return refusing(
    changes.run({
      appid,
      teamId: app.teamId,
      by: request.caller.name,
      title: title.slice(0, 200),
      plan: (current) => plan(current, app),
    }),
  )
}

/** The packages that are asked for now, as requests. */
export function requested({ packages }: DependenciesDoc): { name: string; range: string }[] {
  return packages.map(({ name, range }) => ({ name, range }))
}
