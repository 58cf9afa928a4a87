import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What every install of this machine shares. */
export interface SharedStore {
  /** pnpm's content-addressed store. */
  store: string
  /** Metadata of packages. */
  cache: string
  /** Folders of installs that are under way. */
  staging: string
}

export function sharedStore(root: string): SharedStore {
  return { store: join(root, 'store'), cache: join(root, 'cache'), staging: join(root, 'staging') }
}

/** The project that pnpm is shown: outside of the app's folder, since it holds the registry's tokens. */
export class Staging implements AsyncDisposable {
  readonly dir: string

  private constructor(dir: string) {
    this.dir = dir
  }

  static async create(shared: SharedStore, job: string): Promise<Staging> {
    await mkdir(shared.staging, { recursive: true, mode: 0o700 })
    return new Staging(await mkdtemp(join(shared.staging, `${job}-`)))
  }

  async write(project: {
    dependencies: Record<string, string>
    lockfile: string | null
    npmrc: string
    settings: Record<string, unknown>
  }): Promise<void> {
    await this.#write('package.json', manifestWith(project.dependencies))
    // YAML is a superset of JSON.
    await this.#write('pnpm-workspace.yaml', JSON.stringify(project.settings))
    await this.#write('.npmrc', project.npmrc)
    if (project.lockfile !== null) await this.#write('pnpm-lock.yaml', project.lockfile)
  }

  async writeLocked(dependencies: Record<string, string>, lockfile: string): Promise<void> {
    await this.#write('package.json', manifestWith(dependencies))
    await this.#write('pnpm-lock.yaml', lockfile)
  }

  /** What belongs to addresses of registries leaves .npmrc. */
  async forgetTokens(): Promise<void> {
    const lines = (await readFile(join(this.dir, '.npmrc'), 'utf8')).split('\n')
    await this.#write('.npmrc', lines.filter((line) => !line.startsWith('//')).join('\n'))
  }

  lockfile(): Promise<string> {
    return readFile(join(this.dir, 'pnpm-lock.yaml'), 'utf8')
  }

  get modules(): string {
    return join(this.dir, 'node_modules')
  }

  /** Remembers which process works here, so that a server that starts again can end one that was left. */
  async noteProcess(pid: number): Promise<void> {
    await writeFile(join(this.dir, 'pid'), String(pid), { mode: 0o600 }).catch(() => {})
  }

  async #write(name: string, text: string): Promise<void> {
    await writeFile(join(this.dir, name), text, { mode: 0o600 })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dir, { recursive: true, force: true, maxRetries: 3 })
  }
}

function manifestWith(dependencies: Record<string, string>): string {
  return JSON.stringify({ name: 'app', version: '0.0.0', private: true, dependencies })
}
