import { createHash } from 'node:crypto'
import type { InstallRequest, Resolution } from './installer.ts'

const KEPT_MS = 10 * 60_000
const MAX_KEPT = 100

/**
 * What receipts came to, for a while: who installs what a receipt has shown gets exactly that, though a tag may have
 * moved on since, and the registry is not asked again.
 */
export class Resolutions {
  #kept = new Map<string, { resolution: Resolution; until: number }>()

  keep(request: InstallRequest, resolution: Resolution): void {
    const key = keyOf(request)
    this.#kept.delete(key)
    this.#kept.set(key, { resolution, until: performance.now() + KEPT_MS })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest)
  }

  /** Gives it away: an install that fails with it is resolved anew the next time. */
  take(request: InstallRequest): Resolution | null {
    const key = keyOf(request)
    const found = this.#kept.get(key)
    this.#kept.delete(key)
    return found && found.until > performance.now() ? found.resolution : null
  }
}

/** The same app, packages, versions in use, and registries with their tokens. */
function keyOf({ folder, dependencies, lockfile, config }: InstallRequest): string {
  const facts = [folder.root, dependencies, lockfile, config.npmrc]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}
