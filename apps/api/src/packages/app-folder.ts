import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readlink, realpath, rename, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'

const GENERATION = /^g[0-9a-f]{12}$/

/**
 * The packages of one app on disk:
 *
 *     store/@scope/name/version/<hash>/node_modules/...   every package, named by all that it is made of; hard links
 *     g<id>/node_modules/name -> ../../store/...          one generation: what functions may import
 *
 * A folder in `store` never changes: another version, or the same with another package below it, has another hash. So
 * generations share what they have in common, a module keeps its address as long as it is the same, and adding a
 * package is adding a link. A runtime is bound to one generation for its life.
 */
export class AppFolder {
  readonly root: string

  /** @param root a folder of the app's own, which its runtime can only read */
  constructor(root: string) {
    this.root = root
  }

  /** Where packages stand; when install scripts may run, in a store of copies, which no other app shares. */
  storeFor(scripts: boolean): string {
    return join(this.root, scripts ? 'built' : 'store')
  }

  /** The folders of packages of these names whose install scripts may have run. */
  async built(packages: readonly string[]): Promise<string[]> {
    const found: string[] = []
    for (const name of packages) {
      const dir = join(this.storeFor(true), name.startsWith('@') ? name : join('@', name))
      for (const version of await names(dir)) {
        for (const hash of await names(join(dir, version))) {
          found.push(join(dir, version, hash, 'node_modules', name))
        }
      }
    }
    return found
  }

  generationDir(generation: string): string {
    return join(this.root, generation)
  }

  /** @returns package name -> its real folder; empty when there is no such generation */
  async links(generation: string | null): Promise<Map<string, string>> {
    return generation === null ? new Map() : linksIn(join(this.generationDir(generation), 'node_modules'))
  }

  /** Makes a generation with these packages. It appears whole or not at all. */
  async createGeneration(targets: ReadonlyMap<string, string>): Promise<string> {
    const generation = `g${randomBytes(6).toString('hex')}`
    const draft = join(this.root, `.${generation}`)
    const modules = join(draft, 'node_modules')
    await mkdir(modules, { recursive: true, mode: 0o755 })
    // Relative links are computed from where the folder will stand: both are at the same depth.
    for (const [name, target] of targets) await link(modules, name, target)
    await rename(draft, this.generationDir(generation))
    return generation
  }

  /** Adds packages to a generation that is in use: each appears whole. On failure none of them stays. */
  async extend(generation: string, targets: ReadonlyMap<string, string>): Promise<void> {
    const modules = join(this.generationDir(generation), 'node_modules')
    const made: string[] = []
    try {
      for (const [name, target] of targets) {
        await rm(join(modules, name), { force: true })
        await link(modules, name, target)
        made.push(name)
      }
    } catch (error) {
      await this.withdraw(generation, made)
      throw error
    }
  }

  /** Takes links out of a generation again. */
  async withdraw(generation: string, names: Iterable<string>): Promise<void> {
    for (const name of names) {
      await rm(join(this.generationDir(generation), 'node_modules', name), { force: true })
    }
  }

  /** Removes generations but these, and the packages that none of these reaches. */
  async collect(keep: ReadonlySet<string>): Promise<void> {
    for (const entry of await names(this.root)) {
      const isGeneration = GENERATION.test(entry) || GENERATION.test(entry.slice(1))
      if (isGeneration && !keep.has(entry)) await rm(join(this.root, entry), { recursive: true, force: true })
    }
    const used = new Set<string>()
    for (const generation of keep) {
      for (const target of (await this.links(generation)).values()) await this.#reach(target, used)
    }
    const kept = new Set([...used].map((folder) => dirname(modulesAround(folder) ?? folder)))
    for (const scripts of [false, true]) await this.#sweep(this.storeFor(scripts), kept, 0)
  }

  /** The folders in the store of a package and of everything below it. */
  async reachable(targets: Iterable<string>): Promise<Set<string>> {
    const found = new Set<string>()
    for (const target of targets) await this.#reach(target, found)
    return found
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true })
  }

  async #reach(folder: string, found: Set<string>): Promise<void> {
    const todo = [folder]
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      if (found.has(next)) continue
      found.add(next)
      const modules = modulesAround(next)
      if (modules === null) continue
      for (const target of (await linksIn(modules)).values()) todo.push(target)
    }
  }

  /** Store folders stand four levels deep: scope (or `@`), name, version, hash. */
  async #sweep(dir: string, kept: ReadonlySet<string>, depth: number): Promise<void> {
    for (const entry of await names(dir)) {
      const path = join(dir, entry)
      if (depth < 3) await this.#sweep(path, kept, depth + 1)
      else if (!kept.has(path)) await rm(path, { recursive: true, force: true })
    }
    if (depth > 0 && (await names(dir)).length === 0) await rm(dir, { recursive: true, force: true })
  }
}

/** `.../<hash>/node_modules/@scope/name` -> `.../<hash>/node_modules` */
function modulesAround(folder: string): string | null {
  const parent = dirname(folder)
  if (basename(parent) === 'node_modules') return parent
  return basename(dirname(parent)) === 'node_modules' ? dirname(parent) : null
}

async function link(modules: string, name: string, target: string): Promise<void> {
  const path = join(modules, name)
  await mkdir(dirname(path), { recursive: true })
  await symlink(relative(dirname(path), target), path, 'dir')
}

/** Links in a `node_modules` folder, scopes included, by package name, with the real folders they lead to. */
export async function linksIn(modules: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const read = async (dir: string, prefix: string): Promise<void> => {
    for (const entry of await names(dir)) {
      if (entry.startsWith('.')) continue
      const path = join(dir, entry)
      if (prefix === '' && entry.startsWith('@')) {
        await read(path, `${entry}/`)
        continue
      }
      if ((await readlink(path).catch(() => null)) === null) continue
      const target = await realpath(path).catch(() => null)
      if (target !== null) found.set(prefix + entry, target)
    }
  }
  await read(modules, '')
  return found
}

async function names(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => [])
}
