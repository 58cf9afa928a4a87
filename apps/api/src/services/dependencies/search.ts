import type { dependencyInputs, PackageSearch, PackageVersions, Receipt } from '@lathe/shared'
import type { z } from 'zod'
import { resolvePackages } from '../../packages/installer.ts'
import { parseLockfile } from '../../packages/lockfile.ts'
import { makeReceipt } from '../../packages/receipt.ts'
import { checkRequests } from '../../packages/requests.ts'
import { searchPackages } from '../../packages/search.ts'
import { packageVersions } from '../../packages/versions.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf, livingAppOf } from '../apps/scope.ts'
import { merged } from './add.ts'
import { refusing, requested } from './scope.ts'

const NEVER = new AbortController().signal

/** Packages for a text. A registry without search, or away, is a state of the answer and no error. */
export async function searchDependencies(
  request: SignedRequest,
  { appid, text }: z.infer<typeof dependencyInputs.search>,
  signal: AbortSignal = NEVER,
): Promise<PackageSearch> {
  const app = appOf(request, appid)
  const client = await request.context.dependencies.packages.client(app.teamId)
  return searchPackages(client, text, signal)
}

export async function versionsOf(
  request: SignedRequest,
  { appid, name }: z.infer<typeof dependencyInputs.package>,
): Promise<PackageVersions> {
  const app = appOf(request, appid)
  const client = await request.context.dependencies.packages.client(app.teamId)
  return refusing(packageVersions(client, name), name)
}

/** What adding these packages would bring. Nothing is fetched but metadata, and nothing changes. */
export async function receiptFor(
  request: SignedRequest,
  { appid, packages }: z.infer<typeof dependencyInputs.receipt>,
  signal: AbortSignal = NEVER,
): Promise<Receipt> {
  const app = livingAppOf(request, appid)
  await refusing(Promise.try(() => checkRequests(packages)))
  const own = request.context.dependencies.packages
  const [doc, client] = await Promise.all([own.ensure(appid), own.client(app.teamId)])
  const wanted = merged(requested(doc), packages)
  const resolving = await own.request(appid, app.teamId, {
    job: `receipt-${appid}`,
    dependencies: Object.fromEntries(wanted.map(({ name, range }) => [name, range])),
    lockfile: doc.lockfile,
    scripts: [],
    nativeAddons: doc.nativeAddons,
    signal,
    onProgress: () => {},
  })
  const resolved = await refusing(resolvePackages(resolving))
  own.resolutions.keep(resolving, resolved)
  const before = doc.lockfile === null ? null : parseLockfile(doc.lockfile)
  return makeReceipt(client, before, resolved.locked)
}
