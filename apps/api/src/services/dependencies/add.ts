import type { dependencyInputs, PackageRequest } from '@lathe/shared'
import type { z } from 'zod'
import { checkRequests } from '../../packages/requests.ts'
import type { SignedRequest } from '../../request-context.ts'
import type { ChangeDone } from './changes.ts'
import { changePackages, refusing, requested } from './scope.ts'

/** Adds packages, or changes their ranges. Answers when they can be imported. */
export async function addDependencies(
  request: SignedRequest,
  { appid, packages }: z.infer<typeof dependencyInputs.add>,
): Promise<ChangeDone> {
  await refusing(Promise.try(() => checkRequests(packages)))
  const title = `add ${packages.map(({ name, range }) => `${name}@${range}`).join(', ')}`
  return changePackages(request, appid, title, (current) => ({
    packages: merged(requested(current), packages),
  }))
}

/** Requests with others over them. */
export function merged(current: PackageRequest[], added: readonly PackageRequest[]): PackageRequest[] {
  const byName = new Map(current.map((one) => [one.name, one]))
  for (const one of added) byName.set(one.name, one)
  return [...byName.values()]
}
