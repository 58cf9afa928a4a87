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
    const manifest = { name: 'app', version: '0.0.0', private: true, dependencies: project.dependencies }
    const file = (name: string, text: string) => writeFile(join(this.dir, name), text, { mode: 0o600 })
    await file('package.json', JSON.stringify(manifest))
    // YAML is a superset of JSON.
    await file('pnpm-workspace.yaml', JSON.stringify(project.settings))
    await file('.npmrc', project.npmrc)
    if (project.lockfile !== null) await file('pnpm-lock.yaml', project.lockfile)
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

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dir, { recursive: true, force: true, maxRetries: 3 })
  }
}
