import type { DependencyProgress } from '@lathe/shared'
import { AsyncQueue } from '../../async-queue.ts'

/** Where the change of each app's packages stands, for whoever looks on. */
export class ProgressHub {
  #last = new Map<string, DependencyProgress>()
  #readers = new Map<string, Set<AsyncQueue<DependencyProgress>>>()

  tell(appid: string, progress: DependencyProgress): void {
    const last = this.#last.get(appid)
    const running =
      last && 'changeId' in last && !['done', 'failed'].includes(last.type) ? last.changeId : null
    // Those who come later see the change that runs, not one that waits or has given up waiting.
    const waits =
      progress.type === 'queued' ||
      (running !== null && 'changeId' in progress && progress.changeId !== running)
    if (!waits) this.#last.set(appid, progress)
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
