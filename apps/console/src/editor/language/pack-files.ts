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

export class PackFiles {
  readonly #urls: Record<Pack, string>
  readonly #read: (url: string) => Record<string, string>
  readonly #files = new Map<string, string>()
  readonly #directories = new Set<string>()
  readonly #loaded = new Set<Pack>()

  constructor(urls: Record<Pack, string>, read: (url: string) => Record<string, string>) {
    this.#urls = urls
    this.#read = read
  }

  load(pack: Pack): void {
    if (this.#loaded.has(pack)) return
    this.#loaded.add(pack)
    for (const [path, text] of Object.entries(this.#read(this.#urls[pack]))) {
      this.#files.set(path, text)
      for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
        this.#directories.add(path.slice(0, at))
      }
    }
  }

  text(fileName: string): string | undefined {
    const path = plain(fileName)
    this.#need(path)
    return this.#files.get(path)
  }

  hasDirectory(name: string): boolean {
    const path = plain(name).replace(/\/$/, '')
    if (directoriesAbove.has(path)) return true
    this.#need(path)
    return this.#directories.has(path)
  }

  /** Names of the folders in a folder: for automatic type inclusion and for path completion. */
  directories(name: string): string[] {
    const path = plain(name).replace(/\/$/, '')
    const inside = `${path}/`
    const known = [...owners.map(([prefix]) => prefix), ...this.#directories]
    const names = known
      .filter((p) => p.startsWith(inside))
      .map((p) => p.slice(inside.length).split('/')[0] ?? '')
    return [...new Set(names)]
  }

  #need(path: string): void {
    for (const [prefix, pack] of owners) {
      if (path === prefix || path.startsWith(`${prefix}/`)) this.load(pack)
    }
  }
}

function plain(fileName: string): string {
  return fileName.replace(/^file:\/\//, '')
}
