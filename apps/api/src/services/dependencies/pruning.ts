import { pruneStore } from '../../packages/prune-store.ts'
import type { Packages } from './packages.ts'

const FIRST_MS = 3_600_000
const EVERY_MS = 24 * 3_600_000
/** While packages are installed the store is not pruned: it is tried again. */
const AGAIN_MS = 600_000

/** An hour after the start and once a day the shared store loses what no app has any more. */
export class Pruning implements Disposable {
  #packages: Packages
  #stop = new AbortController()
  #timer: NodeJS.Timeout

  constructor(packages: Packages) {
    this.#packages = packages
    this.#timer = this.#in(FIRST_MS)
  }

  #in(ms: number): NodeJS.Timeout {
    return setTimeout(() => void this.#prune(), ms).unref()
  }

  async #prune(): Promise<void> {
    const { gate, shared, log } = this.#packages
    let next = EVERY_MS
    try {
      if (!(await gate.alone(() => pruneStore(shared, this.#stop.signal)))) next = AGAIN_MS
    } catch (error) {
      if (!this.#stop.signal.aborted) log.warn({ err: error }, 'the shared store was not pruned')
    }
    if (!this.#stop.signal.aborted) this.#timer = this.#in(next)
  }

  [Symbol.dispose](): void {
    this.#stop.abort()
    clearTimeout(this.#timer)
  }
}
