/**
 * Type packs as a file system for the compiler: paths `file:///node_modules/...` (or without the scheme) to texts.
 * A package belongs to a pack by its name; a pack is read when a path inside one of its packages is first asked for.
 */
type Pack = 'node' | 'cloud' | 'mongodb'

const owners: [prefix: string, pack: Pack][] = [
  ['/node_modules/@types/node', 'node'],
  ['/node_modules/undici-types', 'node'],
  ['/node_modules/@lathe/cloud', 'cloud'],
  ['/node_modules/@lafjs/cloud', 'cloud'],
  ['/node_modules/mongodb', 'mongodb'],
  ['/node_modules/bson', 'mongodb'],
]

const directoriesAbove = new Set([
  '/',
  '',
  '/node_modules',
  '/node_modules/@types',
  '/node_modules/@lathe',
  '/node_modules/@lafjs',
])

/** `file:///lathe-installed/<appid>/<n>.d.ts` */
export const INSTALLED_MARK = /\/lathe-installed\/([a-z0-9]+)\//

export class PackFiles {
  readonly #urls: Record<Pack, string>
  readonly #read: (url: string) => Record<string, string>
  readonly #files = new Map<string, string>()
  readonly #directories = new Set<string>()
  readonly #loaded = new Set<Pack>()
  /** Addresses of the types of the packages that the open app has installed, by package name. */
  #installed = new Map<string, string>()
  #installedFiles = new Map<string, string>()
  #installedDirectories = new Set<string>()
  #generation = 1

  constructor(urls: Record<Pack, string>, read: (url: string) => Record<string, string>) {
    this.#urls = urls
    this.#read = read
  }

  load(pack: Pack): void {
    if (this.#loaded.has(pack)) return
    this.#loaded.add(pack)
    for (const [path, text] of Object.entries(this.#read(this.#urls[pack]))) {
      this.#files.set(path, text)
      addAbove(this.#directories, path)
    }
  }

  /** From now on these are the packages of the open app; what was read of another set is forgotten. */
  useInstalled(urls: ReadonlyMap<string, string>): void {
    this.#installed = new Map(urls)
    this.#installedFiles = new Map()
    this.#installedDirectories = new Set()
    for (const name of urls.keys()) addAbove(this.#installedDirectories, `/node_modules/${name}/`)
    this.#generation++
  }

  text(fileName: string): string | undefined {
    const path = plain(fileName)
    this.#need(path)
    return this.#files.get(path) ?? this.#installedFiles.get(path)
  }

  /** Of a file that `text` knows; another set of packages has other versions. */
  version(fileName: string): string {
    const path = plain(fileName)
    if (this.text(path) === undefined) return ''
    return this.#files.has(path) ? '1' : String(this.#generation)
  }

  hasDirectory(name: string): boolean {
    const path = plain(name).replace(/\/$/, '')
    if (directoriesAbove.has(path)) return true
    this.#need(path)
    return this.#directories.has(path) || this.#installedDirectories.has(path)
  }

  /** Names of the folders in a folder: for automatic type inclusion and for path completion. */
  directories(name: string): string[] {
    const path = plain(name).replace(/\/$/, '')
    const inside = `${path}/`
    const known = [...owners.map(([prefix]) => prefix), ...this.#directories, ...this.#installedDirectories]
    const names = known
      .filter((p) => p.startsWith(inside))
      .map((p) => p.slice(inside.length).split('/')[0] ?? '')
    return [...new Set(names)]
  }

  #need(path: string): void {
    for (const [prefix, pack] of owners) {
      if (path === prefix || path.startsWith(`${prefix}/`)) this.load(pack)
    }
    const name = /^\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
    const url = name === undefined ? undefined : this.#installed.get(name)
    if (name === undefined || url === undefined) return
    this.#installed.delete(name) // read once
    for (const [file, text] of Object.entries(this.#read(url))) {
      this.#installedFiles.set(file, text)
      addAbove(this.#installedDirectories, file)
    }
  }
}

function plain(fileName: string): string {
  return fileName.replace(/^file:\/\//, '')
}

function addAbove(directories: Set<string>, path: string): void {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    directories.add(path.slice(0, at))
  }
}
