import type { DependencyProgress } from '@lathe/shared'
import { AsyncQueue } from '../../async-queue.ts'

/** Where the change of each app's packages stands, for whoever looks on. */
export class ProgressHub {
  #last = new Map<string, DependencyProgress>()
  #readers = new Map<string, Set<AsyncQueue<DependencyProgress>>>()

  tell(appid: string, progress: DependencyProgress): void {
    // One that waits does not hide the one that runs from those who come later.
    if (progress.type !== 'queued') this.#last.set(appid, progress)
    for (const reader of this.#readers.get(appid) ?? []) reader.push(progress)
  }

  forget(appid: string): void {
    this.#last.delete(appid)
    for (const reader of this.#readers.get(appid) ?? []) reader.end()
  }

  /** The state at once, then every change of it, until the signal. */
  async *follow(appid: string, signal: AbortSignal | undefined): AsyncGenerator<DependencyProgress, void> {
    const queue = new AsyncQueue<DependencyProgress>()
    const readers = this.#readers.get(appid) ?? new Set()
    this.#readers.set(appid, readers.add(queue))
    const end = () => queue.end()
    signal?.addEventListener('abort', end, { once: true })
    if (signal?.aborted) end()
    try {
      yield this.#last.get(appid) ?? { type: 'idle' }
      yield* queue
    } finally {
      signal?.removeEventListener('abort', end)
      readers.delete(queue)
      if (readers.size === 0) this.#readers.delete(appid)
    }
  }
}
