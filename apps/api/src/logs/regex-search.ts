import { Worker } from 'node:worker_threads'

/** For one batch of lines. It takes a hundredth of this, unless the expression is a bad one. */
const MATCH_MS = 2_000
const MEMORY_MB = 64

/**
 * Runs a person's regular expression in a thread of its own, which is ended when it takes too long: JavaScript's
 * backtracking can take for ever, and would stop the whole api.
 */
export class RegexSearch implements AsyncDisposable {
  #worker: Worker
  #started: Promise<void>

  /** @param script where the thread's program is; by default beside the bundle */
  constructor(pattern: string, flags: string, script = new URL('./regex-worker.js', import.meta.url)) {
    this.#worker = new Worker(script, {
      workerData: { pattern, flags },
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    })
    this.#worker.on('error', () => {}) // the thread is gone, which `match` sees
    this.#started = new Promise((resolve) =>
      this.#worker.once('online', resolve).once('exit', () => resolve()),
    )
  }

  /** @returns indexes of the texts that match; null when that could not be found out in time */
  async match(texts: string[]): Promise<ReadonlySet<number> | null> {
    const worker = this.#worker
    await this.#started
    const { promise, resolve } = Promise.withResolvers<number[] | null>()
    const timer = setTimeout(resolve, MATCH_MS, null)
    const answered = (hits: number[]) => resolve(hits)
    const ended = () => resolve(null)
    if (worker.threadId === -1) ended()
    worker.once('message', answered).once('exit', ended)
    worker.postMessage(texts)
    const hits = await promise
    clearTimeout(timer)
    worker.off('message', answered).off('exit', ended)
    if (hits) return new Set(hits)
    await worker.terminate()
    return null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }
}
