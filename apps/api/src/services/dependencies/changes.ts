import { randomUUID } from 'node:crypto'
import type { DependencyProgress, PackageRequest } from '@lathe/shared'
import type { DependenciesDoc, PackageSet } from '../../mongo/dependency-documents.ts'
import { InstallError } from '../../packages/install-error.ts'
import type { Installed } from '../../packages/installed.ts'
import { ChangeQueue } from './change-queue.ts'
import { difference, installedEntries } from './entries.ts'
import { collect, revert } from './keep.ts'
import { Measuring } from './measuring.ts'
import { asInstallError, foldersOf, type Packages } from './packages.ts'
import { ProgressHub } from './progress-hub.ts'

/** What changes need of the runtimes. */
export interface Runtimes {
  /** Puts a fresh runtime in the place of the one that serves. @returns why it did not start, or null */
  replace(appid: string, generation: string, signal: AbortSignal): Promise<string | null>
  /** Lets running runtimes load again what they could not load for want of a package. */
  retryBroken(appid: string): Promise<void>
}

/** What a set shall become. */
export interface Wanted {
  packages: PackageRequest[]
  nativeAddons?: boolean
  scripts?: string[]
}

export interface ChangeRequest {
  appid: string
  teamId: string
  by: string
  /** E.g. `add lodash@^4`. */
  title: string
  /** From the set as it is when the change's turn has come. */
  plan: (current: DependenciesDoc) => Wanted | Promise<Wanted>
}

export type ChangeDone = Extract<DependencyProgress, { type: 'done' }>

interface Running extends ChangeRequest {
  id: string
  signal: AbortSignal
  startedAt: number
}

/** Changes the packages of apps: installs beside what is in use, then takes over in one step, or not at all. */
export class Changes implements AsyncDisposable {
  readonly progress = new ProgressHub()
  #packages: Packages
  #runtimes: Runtimes
  #queue = new ChangeQueue((appid, changeId, position) => {
    this.progress.tell(appid, { type: 'queued', changeId, position })
  })
  #measuring: Measuring

  constructor(packages: Packages, runtimes: Runtimes) {
    this.#packages = packages
    this.#measuring = new Measuring(packages)
    this.#runtimes = runtimes
  }

  /** @throws InstallError; the set that was in use stays in use then */
  run(request: ChangeRequest): Promise<ChangeDone> {
    const id = randomUUID()
    const startedAt = performance.now()
    const { appid } = request
    let began = false
    const result = this.#queue.run(appid, id, (signal) => {
      began = true
      return this.#run({ ...request, id, signal, startedAt })
    })
    result.catch((error: unknown) => {
      if (began) return
      const { failure, message } = asInstallError(error)
      this.progress.tell(appid, { type: 'failed', changeId: id, failure, message })
    })
    return result
  }

  cancel(appid: string, changeId: string): boolean {
    return this.#queue.cancel(appid, changeId)
  }

  /** The app is being deleted: ends its changes and removes all that it has. Can be repeated. */
  async removeApp(appid: string): Promise<void> {
    await this.#queue.endAll(appid, new InstallError('APP_DELETED', 'The app was deleted meanwhile.'))
    await this.#packages.folders.run(appid, async () => {
      await this.#packages.mongo.dependencies.deleteOne({ _id: appid })
      await this.#packages.folder(appid).remove()
    })
    this.progress.forget(appid)
  }

  /** Removes what no set needs any more. */
  async collect(appid: string): Promise<void> {
    await collect(this.#packages, appid).catch((error: unknown) => {
      this.#packages.log.warn({ err: error, appid }, 'packages that are not needed any more were not removed')
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#measuring.stop()
    const reason = new InstallError('INTERRUPTED', 'The server stopped meanwhile. Nothing has changed.')
    await Promise.all(this.#queue.apps.map((appid) => this.#queue.endAll(appid, reason)))
  }

  async #run(change: Running): Promise<ChangeDone> {
    const { appid, id, title, by } = change
    const { mongo, log } = this.#packages
    try {
      const current = await this.#packages.ensure(appid)
      const startedAt = new Date()
      // Written while the install is under way; nothing is taken over before it is.
      const noted = mongo.dependencies.updateOne(
        { _id: appid },
        { $set: { change: { id, state: 'running', title, startedAt, by, failure: null, message: null } } },
      )
      noted.catch(() => {}) // awaited below
      this.progress.tell(appid, { type: 'resolving', changeId: id, resolved: 0 })
      const done = await this.#apply(change, current, noted)
      if (done.replaced) await this.#finish(appid, id, null)
      this.progress.tell(appid, done)
      log.info({ appid, title, ms: Math.round(done.inMs), replaced: done.replaced }, 'changed packages')
      this.#measuring.add(appid, [...done.added, ...done.changed])
      return done
    } catch (thrown) {
      const aborted: unknown = change.signal.aborted ? change.signal.reason : thrown
      const error = asInstallError(aborted)
      log.warn(
        { appid, title, failure: error.failure, err: error.cause ?? error },
        'packages were not changed',
      )
      await this.#finish(appid, id, error)
      this.progress.tell(appid, {
        type: 'failed',
        changeId: id,
        failure: error.failure,
        message: error.message,
      })
      await this.collect(appid)
      throw error
    }
  }

  async #apply(change: Running, current: DependenciesDoc, noted: Promise<unknown>): Promise<ChangeDone> {
    const { appid, teamId, id, signal } = change
    const wanted = await change.plan(current)
    const nativeAddons = wanted.nativeAddons ?? current.nativeAddons
    const scripts = wanted.scripts ?? current.scripts
    let installed: Installed | null = null
    if (wanted.packages.length > 0) {
      const request = await this.#packages.request(appid, teamId, {
        job: appid,
        dependencies: Object.fromEntries(wanted.packages.map(({ name, range }) => [name, range])),
        lockfile: current.lockfile,
        scripts,
        nativeAddons,
        signal,
        onProgress: (progress) => this.progress.tell(appid, { ...progress, changeId: id }),
      })
      const resolution = this.#packages.resolutions.take(request)
      installed = await this.#packages.install({ ...request, resolution })
    }
    await noted
    signal.throwIfAborted()
    const packages = installed ? installedEntries(installed, current, change.by) : []
    const set = {
      packages,
      lockfile: installed?.resolution.lockfile ?? null,
      totalPackages: installed?.all.length ?? 0,
      totalBytes: installed?.totalBytes ?? 0,
      nativeAddons,
      scripts,
    }
    const targets = installed ? foldersOf(installed) : new Map<string, string>()
    const replaced = await this.#takeOver(change, current, set, targets)
    if (!replaced) await this.#runtimes.retryBroken(appid)
    return {
      type: 'done',
      changeId: id,
      inMs: performance.now() - change.startedAt,
      ...difference(current, packages),
      replaced,
    }
  }

  /** @returns whether a fresh runtime had to take over */
  async #takeOver(
    change: Running,
    current: DependenciesDoc,
    set: Omit<PackageSet, 'generation'> & { nativeAddons: boolean; scripts: string[] },
    targets: Map<string, string>,
  ): Promise<boolean> {
    const { appid } = change
    const folder = this.#packages.folder(appid)
    const generation = await this.#packages.folders.run(appid, async () => {
      await this.#mustLive(change)
      const now = await folder.links(current.generation)
      const onlyNew = [...now].every(([name, target]) => targets.get(name) === target)
      if (onlyNew && set.nativeAddons === current.nativeAddons) {
        const fresh = new Map([...targets].filter(([name]) => !now.has(name)))
        await folder.extend(current.generation, fresh)
        const written = { ...set, generation: current.generation, 'change.state': 'done' }
        await this.#write(current, written).catch(async (error: unknown) => {
          await folder.withdraw(current.generation, fresh.keys())
          throw error
        })
        return null
      }
      const made = await folder.createGeneration(targets)
      const { packages, lockfile, generation, totalPackages, totalBytes, nativeAddons, scripts } = current
      const previous = { packages, lockfile, generation, totalPackages, totalBytes, nativeAddons, scripts }
      await this.#write(current, { ...set, generation: made, previous })
      return made
    })
    if (generation === null) return false
    this.progress.tell(appid, { type: 'replacing', changeId: change.id })
    try {
      const refused = await this.#runtimes.replace(appid, generation, change.signal)
      if (refused !== null) {
        const why = `The runtime did not start with these packages. ${refused}`
        throw new InstallError('RUNTIME_REFUSED', why.slice(0, 2_000))
      }
    } catch (error) {
      await revert(this.#packages, appid)
      // A fresh runtime may have come up all the same: then it is replaced again, while nobody waits.
      void this.#runtimes
        .replace(appid, current.generation, new AbortController().signal)
        .then(() => this.collect(appid))
        .catch((cause: unknown) =>
          this.#packages.log.warn({ err: cause, appid }, 'a runtime has other packages'),
        )
      throw error
    }
    await this.#packages.mongo.dependencies.updateOne({ _id: appid }, { $set: { previous: null } })
    await this.collect(appid)
    return true
  }

  /** The change is written over exactly the set that it was made from, of an app that still is. */
  async #write(
    current: DependenciesDoc,
    set: Partial<DependenciesDoc> & { 'change.state'?: string },
  ): Promise<void> {
    const { matchedCount } = await this.#packages.mongo.dependencies.updateOne(
      { _id: current._id, version: current.version },
      { $set: set, $inc: { version: 1 } },
    )
    if (matchedCount === 0) throw new InstallError('APP_DELETED', 'The app was deleted meanwhile.')
  }

  async #mustLive({ appid, signal }: Running): Promise<void> {
    signal.throwIfAborted()
    const app = await this.#packages.mongo.apps.findOne({ _id: appid }, { projection: { phase: 1 } })
    if (!app || app.phase === 'deleting')
      throw new InstallError('APP_DELETED', 'The app was deleted meanwhile.')
  }

  async #finish(appid: string, id: string, error: InstallError | null): Promise<void> {
    await this.#packages.mongo.dependencies
      .updateOne(
        { _id: appid, 'change.id': id },
        {
          $set: {
            'change.state': error ? 'failed' : 'done',
            'change.failure': error?.failure ?? null,
            'change.message': error?.message ?? null,
          },
        },
      )
      .catch((cause: unknown) => {
        this.#packages.log.warn({ err: cause, appid }, 'the end of a change of packages was not written')
      })
  }
}
