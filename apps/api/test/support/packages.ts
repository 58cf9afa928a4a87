import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InstallFailure } from '@lathe/shared'
import { AppFolder } from '../../src/packages/app-folder.ts'
import { InstallError } from '../../src/packages/install-error.ts'
import type { Installed } from '../../src/packages/installed.ts'
import {
  type InstallProgress,
  type InstallRequest,
  install,
  type Resolution,
  resolvePackages,
} from '../../src/packages/installer.ts'
import { registryConfig, type TeamRegistry } from '../../src/packages/registry-config.ts'
import { sharedStore } from '../../src/packages/staging.ts'

/** A machine of its own, as far as packages go: a shared store, and folders of apps. */
export interface Machine extends AsyncDisposable {
  dir: string
  app(name: string): AppFolder
  install(
    app: AppFolder,
    dependencies: Record<string, string>,
    more?: Partial<InstallRequest>,
  ): Promise<Installed>
  resolve(app: AppFolder, dependencies: Record<string, string>): Promise<Resolution>
  /** What an install is refused with. */
  refusal(
    dependencies: Record<string, string>,
    more?: Partial<InstallRequest>,
  ): Promise<[InstallFailure, string]>
  progress: InstallProgress[]
}

export async function newMachine(registryUrl: string, team: TeamRegistry[] = []): Promise<Machine> {
  const dir = await mkdtemp(join(tmpdir(), 'lathe-packages-'))
  let refused = 0
  const requestFor = (folder: AppFolder, dependencies: Record<string, string>): InstallRequest => ({
    job: 'test',
    shared: sharedStore(join(dir, 'shared')),
    folder,
    dependencies,
    lockfile: null,
    config: registryConfig('', {}, registryUrl, team),
    limits: { packageBytes: 5_000_000, totalBytes: 10_000_000 },
    scripts: [],
    bubblewrap: true,
    nativeAddons: false,
    env: {},
    signal: new AbortController().signal,
    onProgress: (progress) => machine.progress.push(progress),
  })
  const machine: Machine = {
    dir,
    progress: [],
    app: (name) => new AppFolder(join(dir, 'apps', name)),
    install: (folder, dependencies, more = {}) => install({ ...requestFor(folder, dependencies), ...more }),
    resolve: (folder, dependencies) => resolvePackages(requestFor(folder, dependencies)),
    async refusal(dependencies, more) {
      try {
        await machine.install(machine.app(`refused${refused++}`), dependencies, more)
      } catch (error) {
        if (error instanceof InstallError) return [error.failure, error.message]
        throw error
      }
      throw new Error('it was installed')
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true, maxRetries: 3 }),
  }
  return machine
}
