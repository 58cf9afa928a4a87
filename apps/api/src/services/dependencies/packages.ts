import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApiEnv } from '@lathe/shared'
import type { Logger } from 'pino'
import type { HostEnv } from '../../config/host-env.ts'
import type { DependenciesDoc, PackageSet } from '../../mongo/dependency-documents.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { Mutexes } from '../../mutexes.ts'
import { AppFolder } from '../../packages/app-folder.ts'
import { InstallError } from '../../packages/install-error.ts'
import type { Installed } from '../../packages/installed.ts'
import { type InstallRequest, install } from '../../packages/installer.ts'
import { RegistryClient } from '../../packages/registry-client.ts'
import { type RegistryConfig, readUserNpmrc, registryConfig } from '../../packages/registry-config.ts'
import { Resolutions } from '../../packages/resolutions.ts'
import { type SharedStore, sharedStore } from '../../packages/staging.ts'
import { StoreGate } from '../../packages/store-gate.ts'
import type { SecretBox } from '../../secret-box.ts'
import { registriesOf } from './registries.ts'

const MEGABYTE = 1024 * 1024
/** Of one package; the quota of the app may be lower. */
const PACKAGE_MB = 250

export interface PackagesParts {
  env: ApiEnv
  host: HostEnv
  log: Logger
  mongo: Mongo
  secrets: SecretBox
}

/** What a runtime has to be started with. */
export interface RuntimePackages {
  /** Folder whose `node_modules` functions import from. */
  dir: string
  /** What it may read of packages. */
  root: string
  generation: string
  nativeAddons: boolean
}

type InstallParts = Pick<
  InstallRequest,
  'job' | 'dependencies' | 'lockfile' | 'scripts' | 'nativeAddons' | 'exact' | 'signal' | 'onProgress'
>

/** The packages of apps on this machine, and the sets of them in the database. */
export class Packages {
  readonly mongo: Mongo
  readonly log: Logger
  readonly limitBytes: number
  readonly bubblewrap: boolean
  readonly shared: SharedStore
  /** Short steps on an app's folder: making it, restoring it, taking a change over. */
  readonly folders = new Mutexes()
  /** What the receipts of the last minutes came to. */
  readonly resolutions = new Resolutions()
  readonly gate = new StoreGate()
  #parts: PackagesParts
  #root: string
  #clients = new Map<string, RegistryClient>()

  constructor(parts: PackagesParts) {
    this.#parts = parts
    this.mongo = parts.mongo
    this.log = parts.log.child({ part: 'packages' })
    this.limitBytes = parts.env.LATHE_PACKAGES_QUOTA_MB * MEGABYTE
    this.bubblewrap = parts.env.LATHE_ISOLATION.split(',').includes('bwrap')
    this.#root = join(parts.env.LATHE_DATA, 'packages')
    this.shared = sharedStore(join(this.#root, 'shared'))
  }

  folder(appid: string): AppFolder {
    return new AppFolder(join(this.#root, 'apps', appid))
  }

  /** The registries as they are set now for a team. */
  async config(teamId: string): Promise<RegistryConfig> {
    const { mongo, secrets, env, host } = this.#parts
    const team = await registriesOf(mongo, secrets, teamId)
    return registryConfig(await readUserNpmrc(host.home), host.variables, env.LATHE_REGISTRY, team)
  }

  /** One client per team, made anew when its registries change, so that no answer outlives a token. */
  async client(teamId: string): Promise<RegistryClient> {
    const config = await this.config(teamId)
    const known = this.#clients.get(teamId)
    if (known?.config.npmrc === config.npmrc) return known
    const client = new RegistryClient(config)
    this.#clients.set(teamId, client)
    return client
  }

  async request(appid: string, teamId: string, parts: InstallParts): Promise<InstallRequest> {
    return {
      ...parts,
      shared: this.shared,
      folder: this.folder(appid),
      config: await this.config(teamId),
      limits: {
        packageBytes: Math.min(PACKAGE_MB * MEGABYTE, this.limitBytes),
        totalBytes: this.limitBytes,
      },
      bubblewrap: this.bubblewrap,
      env: this.#parts.host.certificates,
    }
  }

  /** Brings packages into an app's store; nothing that is in use changes. */
  install(request: InstallRequest): Promise<Installed> {
    return this.gate.use(() => install(request))
  }

  /** The app's set; made, empty, when it has none yet. */
  async ensure(appid: string): Promise<DependenciesDoc> {
    const found = await this.mongo.dependencies.findOne({ _id: appid })
    if (found) return found
    const empty = await this.#emptySet(appid)
    const made = await this.mongo.dependencies.findOneAndUpdate(
      { _id: appid },
      {
        $setOnInsert: {
          ...empty,
          version: 0,
          nativeAddons: false,
          scripts: [],
          change: null,
          previous: null,
        },
      },
      { upsert: true, returnDocument: 'after' },
    )
    if (!made) throw new Error('the set of packages was not written')
    return made
  }

  /**
   * What a runtime that starts now imports from. On a machine that has not got it, the set is restored exactly from its
   * lockfile: out of the shared store where that has everything, else from the registry.
   * @throws InstallError when it cannot be restored
   */
  forRuntime(appid: string, teamId: string): Promise<RuntimePackages> {
    return this.folders.run(appid, async () => {
      const doc = await this.ensure(appid)
      const folder = this.folder(appid)
      const generation = (await this.#isWhole(folder, doc))
        ? doc.generation
        : await this.#restore(doc, teamId)
      const dir = folder.generationDir(generation)
      return { dir, root: folder.root, generation, nativeAddons: doc.nativeAddons }
    })
  }

  async #isWhole(folder: AppFolder, { generation, packages }: PackageSet): Promise<boolean> {
    const there = await access(folder.generationDir(generation)).then(
      () => true,
      () => false,
    )
    if (!there) return false
    const links = await folder.links(generation)
    return packages.every(({ name }) => links.has(name))
  }

  async #restore(doc: DependenciesDoc, teamId: string): Promise<string> {
    const appid = doc._id
    const started = performance.now()
    const targets = new Map<string, string>()
    if (doc.lockfile !== null && doc.packages.length > 0) {
      const installed = await this.install(
        await this.request(appid, teamId, {
          job: `restore-${appid}`,
          dependencies: Object.fromEntries(doc.packages.map(({ name, range }) => [name, range])),
          lockfile: doc.lockfile,
          scripts: doc.scripts,
          nativeAddons: doc.nativeAddons,
          exact: true,
          signal: AbortSignal.timeout(600_000),
          onProgress: () => {},
        }),
      )
      for (const [name, target] of foldersOf(installed)) targets.set(name, target)
    }
    const generation = await this.folder(appid).createGeneration(targets)
    await this.mongo.dependencies.updateOne({ _id: appid, version: doc.version }, { $set: { generation } })
    const ms = Math.round(performance.now() - started)
    this.log.info({ appid, packages: doc.totalPackages, ms }, 'restored the packages of an app')
    return generation
  }

  async #emptySet(appid: string): Promise<PackageSet> {
    const generation = await this.folder(appid).createGeneration(new Map())
    return { packages: [], lockfile: null, generation, totalPackages: 0, totalBytes: 0 }
  }
}

/** What has to be linked: name -> folder in the app's store. */
export function foldersOf({ direct }: Installed): Map<string, string> {
  return new Map([...direct].map(([name, { folder }]) => [name, folder]))
}

/** Anything that goes wrong in an install, as a reason that the app's developer is told. */
export function asInstallError(error: unknown): InstallError {
  if (error instanceof InstallError) return error
  if (error instanceof Error && error.cause instanceof InstallError) return error.cause
  if ((error as NodeJS.ErrnoException | null)?.code === 'ENOSPC') {
    return new InstallError('DISK_FULL', 'There is no space left on the disk.', { cause: error })
  }
  return new InstallError('FAILED', 'The install failed on our side; the log of the server says why.', {
    cause: error,
  })
}
