import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { AppFolder } from './app-folder.ts'
import { FetchMeter } from './fetch-meter.ts'
import { InstallError } from './install-error.ts'
import { collectInstalled, type Installed, megabytes } from './installed.ts'
import { type Lockfile, parseLockfile, pinTags } from './lockfile.ts'
import { type PnpmLine, pnpmProgram, runPnpm } from './pnpm.ts'
import { pnpmFailure } from './pnpm-failure.ts'
import { cacheOf, pnpmSettings } from './pnpm-settings.ts'
import type { RegistryConfig } from './registry-config.ts'
import { type Command, inBubblewrap, type Walls } from './sandbox.ts'
import { type SharedStore, Staging } from './staging.ts'

const FROZEN = ['install', '--ignore-scripts', '--frozen-lockfile']

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
  /** What `resolvePackages` came to for the same request: it is taken as it is. */
  resolution?: Resolution | null
  signal: AbortSignal
  onProgress: (progress: InstallProgress) => void
}

export type InstallProgress =
  | { type: 'resolving'; resolved: number }
  | { type: 'fetching'; done: number; total: number; bytes: number }
  | { type: 'linking'; done: number; total: number }

/** What a change would come to. */
export interface Resolution {
  lockfile: string
  locked: Lockfile
  /** Name -> range; tags have become ranges. */
  dependencies: Record<string, string>
}

/**
 * Asks the registry what these packages and everything below them are, and fetches none of them.
 * @throws InstallError with a reason and a message; the signal's reason when it was aborted
 */
export async function resolvePackages(request: InstallRequest): Promise<Resolution> {
  await using staging = await stage(request)
  return await resolveIn(staging, request, new FetchMeter(request.onProgress))
}

/**
 * Brings packages into an app's store. Nothing that is in use changes: whether functions can import them is decided
 * by who links them into a generation.
 * @throws InstallError with a reason and a message; the signal's reason when it was aborted
 */
export async function install(request: InstallRequest): Promise<Installed> {
  await using staging = await stage(request)
  const meter = new FetchMeter(request.onProgress)
  const resolution = request.exact
    ? await asLocked(staging, request)
    : ((await asResolved(staging, request)) ?? (await resolveIn(staging, request, meter)))
  meter.expect(resolution.locked.packages.size)
  const builtNow = () => request.folder.built(request.scripts)
  const built = new Set(await builtNow())
  const offline = request.exact ? await attempt(request, staging, meter, [...FROZEN, '--offline']) : undefined
  if (offline !== null) {
    const failure = await attempt(request, staging, meter, FROZEN)
    if (failure) throw failure
  }
  const fresh = (await builtNow()).filter((path) => !built.has(path))
  if (fresh.length > 0) await runScripts(staging, request, meter, fresh)
  return await collectInstalled(request, staging.modules, resolution)
}

async function stage(request: InstallRequest): Promise<Staging> {
  const { shared, config, dependencies, lockfile } = request
  if (request.scripts.length > 0 && !request.bubblewrap) {
    throw new InstallError(
      'SCRIPTS_NEED_SANDBOX',
      'Install scripts run only behind bubblewrap, and this machine has none.',
    )
  }
  const scripts = request.scripts.length > 0
  for (const dir of [shared.store, cacheOf(request), request.folder.storeFor(scripts)]) {
    await mkdir(dir, { recursive: true, mode: 0o700 })
  }
  const staging = await Staging.create(shared, request.job)
  await staging.write({
    dependencies,
    lockfile,
    npmrc: config.npmrc,
    settings: pnpmSettings(request),
  })
  return staging
}

/**
 * In a step of its own, and looked at before anything is fetched: pnpm would copy folders of this machine that a
 * package names as its dependencies.
 */
async function resolveIn(staging: Staging, request: InstallRequest, meter: FetchMeter): Promise<Resolution> {
  const failure = await attempt(request, staging, meter, [
    'install',
    '--ignore-scripts',
    '--lockfile-only',
    '--no-frozen-lockfile',
  ])
  if (failure) throw failure
  const text = await staging.lockfile()
  const locked = refuseExotic(parseLockfile(text))
  const { dependencies, lockfile } = pinTags(text, locked, request.dependencies)
  if (lockfile !== text) await staging.writeLocked(dependencies, lockfile)
  return { lockfile, locked, dependencies }
}

/**
 * Runs the install scripts that were allowed, behind walls: the shared store cannot be seen, what is written are
 * copies of this app's own, and the registry's tokens are gone.
 */
async function runScripts(
  staging: Staging,
  request: InstallRequest,
  meter: FetchMeter,
  fresh: readonly string[],
): Promise<void> {
  await staging.forgetTokens()
  const names = request.scripts.filter((name) => fresh.some((path) => path.endsWith(`/${name}`)))
  const failure = await attempt(request, staging, meter, ['rebuild', ...names], {
    readable: [pnpmProgram()],
    writable: [request.folder.storeFor(true), staging.dir],
    network: true,
  })
  if (failure) throw failure
}

async function asLocked(staging: Staging, { dependencies }: InstallRequest): Promise<Resolution> {
  const lockfile = await staging.lockfile()
  return { lockfile, locked: refuseExotic(parseLockfile(lockfile)), dependencies }
}

async function asResolved(staging: Staging, { resolution }: InstallRequest): Promise<Resolution | null> {
  if (!resolution) return null
  await staging.writeLocked(resolution.dependencies, resolution.lockfile)
  return resolution
}

function refuseExotic(locked: Lockfile): Lockfile {
  const [exotic] = locked.exotic
  if (exotic === undefined) return locked
  throw new InstallError(
    'EXOTIC_DEPENDENCY',
    `${exotic} does not come from a registry: git, paths and addresses are not allowed.`,
  )
}

/** @returns why pnpm gave up; null when it did not */
async function attempt(
  request: InstallRequest,
  staging: Staging,
  meter: FetchMeter,
  args: string[],
  walls?: Walls,
): Promise<InstallError | null> {
  const { config, limits, signal } = request
  const tooLarge = new AbortController()
  const onLine = (line: PnpmLine) => {
    const large = meter.take(line, limits.packageBytes)
    if (large !== null) tooLarge.abort(large)
  }
  try {
    const exit = await runPnpm({
      dir: staging.dir,
      args,
      // Without scripts nothing else is to be found: no git, above all, which packages could name addresses for.
      env: { PATH: walls ? `${dirname(process.execPath)}:/usr/bin:/bin` : staging.dir, ...request.env },
      signal: AbortSignal.any([signal, tooLarge.signal]),
      onLine,
      onStart: (pid) => void staging.noteProcess(pid),
      ...(walls && { wrap: (command: Command) => inBubblewrap(command, walls) }),
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
