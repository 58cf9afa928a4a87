import type { InstallProgress } from './installer.ts'
import type { PnpmLine } from './pnpm.ts'

/** Counts what pnpm reports into the three stages that a person sees. */
export class FetchMeter {
  #tell: (progress: InstallProgress) => void
  #resolved = new Set<string>()
  #fetched = new Set<string>()
  #sizes = new Map<string, number>()
  #linked = 0
  #expected = 0
  #resolving = true

  constructor(tell: (progress: InstallProgress) => void) {
    this.#tell = tell
  }

  /** The number of packages is known: from here on they are fetched. */
  expect(packages: number): void {
    this.#expected = packages
    this.#resolving = false
    this.#resolved.clear()
    this.#fetched.clear()
    this.#tell({ type: 'fetching', done: 0, total: packages, bytes: 0 })
  }

  /** @returns the package that is larger than `limit` bytes, packed; null when none is */
  take(line: PnpmLine, limit: number): string | null {
    if ('level' in line || !('name' in line)) return null
    if (line.name === 'pnpm:fetching-progress') {
      const bytes = line.status === 'started' ? (line.size ?? 0) : line.downloaded
      if (line.status === 'started') this.#sizes.set(line.packageId, bytes)
      return bytes > limit ? line.packageId : null
    }
    if (line.name === 'pnpm:stage') {
      if (line.stage === 'resolution_started' && this.#resolving)
        this.#tell({ type: 'resolving', resolved: 0 })
    } else if (line.name === 'pnpm:progress') this.#count(line.status, line.packageId ?? '')
    return null
  }

  #count(status: string, id: string): void {
    if (status === 'resolved') this.#resolved.add(id)
    if (status === 'fetched' || status === 'found_in_store') this.#fetched.add(id)
    if (status === 'imported') {
      this.#linked++
      this.#tell({ type: 'linking', done: this.#linked, total: this.#total })
    } else if (this.#resolving) this.#tell({ type: 'resolving', resolved: this.#total })
    else {
      const bytes = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0)
      this.#tell({ type: 'fetching', done: this.#fetched.size, total: this.#total, bytes })
    }
  }

  /** Packages whose archive was asked for and has not been unpacked. */
  get pending(): string[] {
    return [...this.#sizes.keys()].filter((id) => !this.#fetched.has(id))
  }

  get #total(): number {
    return Math.max(this.#expected, this.#resolved.size, this.#fetched.size, this.#linked)
  }
}
