import { linksIn } from './app-folder.ts'
import { type DiskFacts, diskFacts } from './disk-facts.ts'
import { InstallError } from './install-error.ts'
import type { InstallRequest, Resolution } from './installer.ts'

export interface InstalledPackage extends DiskFacts {
  folder: string
}

export interface Installed {
  resolution: Resolution
  /** The packages that were asked for, by name. */
  direct: Map<string, InstalledPackage>
  /** All packages with what is below them, each once. */
  all: InstalledPackage[]
  totalBytes: number
}

/** Looks at what has been installed, on disk, where nothing is only promised, and holds it against the limits. */
export async function collectInstalled(
  request: InstallRequest,
  modules: string,
  resolution: Resolution,
): Promise<Installed> {
  const { folder, limits } = request
  const links = await linksIn(modules)
  const folders = await folder.reachable(links.values())
  const all: InstalledPackage[] = []
  for (const path of folders) all.push({ folder: path, ...(await diskFacts(path)) })
  const totalBytes = all.reduce((sum, { bytes }) => sum + bytes, 0)
  const large = all.find(({ bytes }) => bytes > limits.packageBytes)
  if (large) {
    throw new InstallError(
      'PACKAGE_TOO_LARGE',
      `${large.name} has ${megabytes(large.bytes)}; one package may have ${megabytes(limits.packageBytes)}.`,
    )
  }
  if (totalBytes > limits.totalBytes) {
    throw new InstallError(
      'QUOTA_EXCEEDED',
      `The packages would take ${megabytes(totalBytes)}; this app may use ${megabytes(limits.totalBytes)}. Remove some, or raise LATHE_PACKAGES_QUOTA_MB.`,
    )
  }
  const native = all.find((one) => one.native)
  if (native && !request.nativeAddons) {
    throw new InstallError(
      'NATIVE_NOT_ALLOWED',
      `${native.name} is a native addon, which can reach past the walls of Node. Allow native addons for this app first.`,
    )
  }
  const byFolder = new Map(all.map((one) => [one.folder, one]))
  const direct = new Map<string, InstalledPackage>()
  for (const [name, target] of links) {
    const found = byFolder.get(target)
    if (found) direct.set(name, found)
  }
  for (const name of Object.keys(request.dependencies)) {
    if (!direct.has(name)) throw new InstallError('FAILED', `${name} was not installed.`)
  }
  return { resolution, direct, all, totalBytes }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MB`
}
