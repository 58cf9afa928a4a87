import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { AppFolder } from './app-folder.ts'
import { linksIn } from './app-folder.ts'
import { type DiskFacts, diskFacts, readManifest } from './disk-facts.ts'
import { FetchMeter } from './fetch-meter.ts'
import { InstallError } from './install-error.ts'
import { type Lockfile, parseLockfile } from './lockfile.ts'
import { type PnpmLine, runPnpm } from './pnpm.ts'
import { pnpmFailure } from './pnpm-failure.ts'
import type { RegistryConfig } from './registry-config.ts'
import { inBubblewrap } from './sandbox.ts'
import { type SharedStore, Staging } from './staging.ts'

export interface InstallLimits {
  /** Of one package, packed as well as unpacked. */
  packageBytes: number
  /** Of all packages of the app. */
  totalBytes: number
}

export interface InstallRequest {
  /** Names the folder of this install, for the log. */
  job: string
  shared: SharedStore
  folder: AppFolder
  /** Name -> range; validated before. */
  dependencies: Record<string, string>
  /** What is installed now: its versions stay where they still fit. */
  lockfile: string | null
  config: RegistryConfig
  limits: InstallLimits
  /** Packages whose install scripts may run, and whether they can be run behind walls. */
  scripts: readonly string[]
  bubblewrap: boolean
  nativeAddons: boolean
  /** Certificates and the like, for the package manager's process. */
  env: Record<string, string>
  /** Take exactly what the lockfile says; from the store alone where it has everything. */
  exact?: boolean
  signal: AbortSignal
  onProgress: (progress: InstallProgress) => void
}

export type InstallProgress =
  | { type: 'resolving'; resolved: number }
  | { type: 'fetching'; done: number; total: number; bytes: number }
  | { type: 'linking'; done: number; total: number }

export interface InstalledPackage extends DiskFacts {
  name: string
  version: string
  folder: string
}

export interface Installed {
  lockfile: string
  locked: Lockfile
  /** The packages that were asked for, by name. */
  direct: Map<string, InstalledPackage>
  /** All packages with what is below them, each once. */
  all: InstalledPackage[]
  totalBytes: number
}

/**
 * Brings packages into an app's store. Nothing that is in use changes: whether functions can import them is decided
 * by who links them into a generation.
 * @throws InstallError with a reason and a message; the signal's reason when it was aborted
 */
export async function install(request: InstallRequest): Promise<Installed> {
  const { shared, config } = request
  for (const dir of [shared.store, cacheOf(request), request.folder.store]) {
    await mkdir(dir, { recursive: true, mode: 0o700 })
  }
  await using staging = await Staging.create(shared, request.job)
  const runs = request.scripts.length > 0
  if (runs && !request.bubblewrap) {
    throw new InstallError(
      'SCRIPTS_NEED_SANDBOX',
      'Install scripts run only behind bubblewrap, and this machine has none.',
    )
  }
  await staging.write({
    dependencies: request.dependencies,
    lockfile: request.lockfile,
    npmrc: config.npmrc,
    settings: settingsOf(request),
  })
  const meter = new FetchMeter(request.onProgress)
  if (!request.exact) {
    // In a step of its own, and looked at before anything is fetched: pnpm would copy folders of this machine that a
    // package names as its dependencies.
    const unresolved = await attempt(request, staging, meter, ['--lockfile-only', '--no-frozen-lockfile'])
    if (unresolved) throw unresolved
  }
  const lockfile = await staging.lockfile()
  const locked = parseLockfile(lockfile)
  if (locked.exotic.length > 0) {
    throw new InstallError(
      'EXOTIC_DEPENDENCY',
      `${locked.exotic[0]} does not come from a registry: git, paths and addresses are not allowed.`,
    )
  }
  meter.expect(locked.packages.size)
  const offline = request.exact
    ? await attempt(request, staging, meter, ['--frozen-lockfile', '--offline'])
    : undefined
  if (offline !== null) {
    const failure = await attempt(request, staging, meter, ['--frozen-lockfile'])
    if (failure) throw failure
  }
  return await collectFacts(request, staging, { lockfile, locked })
}

/**
 * Metadata is kept apart by what a team shows to the registries: what one team's token has opened, another team must
 * not find in a cache. Packages themselves are found by checksum alone.
 */
function cacheOf({ shared, config }: InstallRequest): string {
  return join(shared.cache, createHash('sha256').update(config.npmrc).digest('hex').slice(0, 16))
}

/** Settings of pnpm, in its own words (https://pnpm.io/settings). */
function settingsOf(request: InstallRequest): Record<string, unknown> {
  const { shared, folder, scripts } = request
  return {
    storeDir: shared.store,
    cacheDir: cacheOf(request),
    // One folder per package, named by all that it is made of; see app-folder.ts.
    enableGlobalVirtualStore: true,
    virtualStoreDir: folder.store,
    // Clones or hard links where the file system can, copies elsewhere.
    packageImportMethod: 'auto',
    allowBuilds: Object.fromEntries(scripts.map((name) => [name, true])),
    strictDepBuilds: false,
    // What one app's scripts have built is not handed to another.
    sideEffectsCache: false,
    // Git, paths and addresses below a package are refused.
    blockExoticSubdeps: true,
    minimumReleaseAge: 0,
    autoInstallPeers: true,
    strictPeerDependencies: false,
    nodeVersion: process.versions.node,
    fetchRetries: 1,
    fetchRetryMintimeout: 300,
    fetchRetryMaxtimeout: 1_000,
    fetchTimeout: 30_000,
    updateNotifier: false,
  }
}

/** @returns why pnpm gave up; null when it did not */
async function attempt(
  request: InstallRequest,
  staging: Staging,
  meter: FetchMeter,
  flags: string[],
): Promise<InstallError | null> {
  const { config, limits, signal, shared, folder } = request
  const tooLarge = new AbortController()
  const onLine = (line: PnpmLine) => {
    const large = meter.take(line, limits.packageBytes)
    if (large !== null) tooLarge.abort(large)
  }
  const runs = request.scripts.length > 0
  try {
    const exit = await runPnpm({
      dir: staging.dir,
      args: ['install', ...flags, ...(runs ? [] : ['--ignore-scripts'])],
      // Without scripts nothing else is to be found: no git, above all, which packages could name addresses for.
      env: { PATH: runs ? `${dirname(process.execPath)}:/usr/bin:/bin` : staging.dir, ...request.env },
      signal: AbortSignal.any([signal, tooLarge.signal]),
      onLine,
      onStart: (pid) => void staging.noteProcess(pid),
      ...(runs && {
        wrap: (command) =>
          inBubblewrap(command, {
            readable: [command.command],
            writable: [shared.store, shared.cache, folder.root, staging.dir],
            network: true,
          }),
      }),
    })
    return exit.code === 0 ? null : pnpmFailure(exit, config.main.url, meter.pending)
  } catch (error) {
    if (tooLarge.signal.aborted && !signal.aborted) {
      throw new InstallError(
        'PACKAGE_TOO_LARGE',
        `${tooLarge.signal.reason} is larger than the ${megabytes(limits.packageBytes)} that one package may have.`,
      )
    }
    throw error
  }
}

async function collectFacts(
  request: InstallRequest,
  staging: Staging,
  { lockfile, locked }: { lockfile: string; locked: Lockfile },
): Promise<Installed> {
  const { folder, limits } = request
  const links = await linksIn(staging.modules)
  const folders = await folder.reachable(links.values())
  const all: InstalledPackage[] = []
  for (const path of folders) {
    const [facts, manifest] = await Promise.all([diskFacts(path), readManifest(path)])
    all.push({
      name: String(manifest.name ?? ''),
      version: String(manifest.version ?? ''),
      folder: path,
      ...facts,
    })
  }
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
  return { lockfile, locked, direct, all, totalBytes }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MB`
}
