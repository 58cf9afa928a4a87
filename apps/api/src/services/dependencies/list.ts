import type { DependenciesView, DependencyView, dependencyInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { DependenciesDoc, InstalledDependency } from '../../mongo/dependency-documents.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { importsOf } from './used-by.ts'

/** The app's packages, who uses them, and what is imported without being installed. Does not ask the registry. */
export async function listDependencies(
  request: SignedRequest,
  { appid }: z.infer<typeof dependencyInputs.app>,
): Promise<DependenciesView> {
  livingAppOf(request, appid)
  const { mongo, dependencies } = request.context
  const [doc, imports] = await Promise.all([dependencies.packages.ensure(appid), importsOf(mongo, appid)])
  const installed = new Set(doc.packages.map(({ name }) => name))
  return {
    appid,
    dependencies: doc.packages.map((one) => viewOf(one, doc, imports.get(one.name) ?? [])),
    missing: [...imports]
      .filter(([name]) => !installed.has(name))
      .map(([name, usedBy]) => ({ name, usedBy }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    totalPackages: doc.totalPackages,
    usedBytes: doc.totalBytes,
    limitBytes: dependencies.packages.limitBytes,
    permissions: { nativeAddons: doc.nativeAddons, scripts: doc.scripts },
    change: doc.change ? { ...doc.change, startedAt: doc.change.startedAt.toISOString() } : null,
  }
}

function viewOf(one: InstalledDependency, { scripts }: DependenciesDoc, usedBy: string[]): DependencyView {
  const { hasScripts, addedAt, ...rest } = one
  const allowed = scripts.includes(one.name) ? 'allowed' : 'blocked'
  return { ...rest, usedBy, scripts: hasScripts ? allowed : 'none', addedAt: addedAt.toISOString() }
}
