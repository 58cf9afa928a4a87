import { type ExportedNames, packageOfSpecifier } from '@lathe/shared'
import type { Completion } from './worker-api.ts'

/** TypeScript's priority of what has to be imported first. */
const AFTER_ALL_ELSE = '16'

/** What TypeScript offers, as far as it matters here. */
interface Offered {
  entries: { name: string; kind: string; data?: unknown }[]
  isMemberCompletion?: boolean
}

/**
 * What the app's packages export, for imports that no function has yet. TypeScript knows the packages that the program
 * reaches; of the others there are names alone, until one is looked at: then its types become part of the program.
 */
export class InstalledExports {
  static readonly URI = 'file:///lathe-imports.ts'
  readonly #fetch: (url: string) => Promise<Record<string, ExportedNames>>
  #url: string | null = null
  #loading: Promise<Record<string, ExportedNames>> | null = null
  readonly #reached = new Set<string>()
  #changes = 0

  constructor(fetch: (url: string) => Promise<Record<string, ExportedNames>>) {
    this.#fetch = fetch
  }

  /** Where the names of the open app's packages are; asked for when somebody first types a name. */
  use(url: string | null): void {
    this.#url = url
    this.#loading = null
    this.#reached.clear()
    this.#changes++
  }

  /** Names that could be written here, beside what TypeScript offers. */
  async completions({ entries, isMemberCompletion }: Offered): Promise<Completion[]> {
    if (isMemberCompletion || this.#url === null) return []
    // Without an answer there are none, until the packages change.
    this.#loading ??= this.#fetch(this.#url).catch(() => ({}))
    const packages = await this.#loading
    const keywords = new Set(entries.filter(({ kind }) => kind === 'keyword').map(({ name }) => name))
    const offered = new Set(entries.map((entry) => `${entry.name} ${packageOf(entry.data) ?? ''}`))
    const found: Completion[] = []
    const add = (source: string, kind: string, names: string[]) => {
      for (const name of names) {
        if (offered.has(`${name} ${source}`)) continue
        found.push({ name, kind, source, sortText: AFTER_ALL_ELSE, deprecated: false, unread: true })
      }
    }
    for (const [name, { values, types }] of Object.entries(packages)) {
      if (keywords.has('function')) add(name, 'var', values)
      if (keywords.has('keyof')) add(name, 'interface', types)
    }
    return found
  }

  /** From now on the program has this package's types. */
  reach(name: string): void {
    if (!this.#reached.has(name)) this.#changes++
    this.#reached.add(name)
  }

  /** A file that no function sees; its imports are what was reached. */
  get text(): string {
    return [...this.#reached].map((name) => `import ${JSON.stringify(name)}\n`).join('')
  }

  get version(): string {
    return `reached${this.#changes}`
  }
}

/** The package that an offered name comes from, by TypeScript's note about it. */
export function packageOf(data: unknown): string | null {
  const { fileName, ambientModuleName } = (data ?? {}) as { fileName?: string; ambientModuleName?: string }
  const path = /.*\/node_modules\/(?:@types\/)?(.*)$/.exec(fileName ?? '')?.[1]
  const specifier = path?.replace(/^(\w[^/]*?)__/, '@$1/') ?? ambientModuleName
  return specifier === undefined ? null : packageOfSpecifier(specifier)
}
