import type { Logger } from 'pino'

const FIRST_RETRY_MS = 500
const MAX_RETRY_MS = 30_000

/** Takes a step whenever something has changed, one at a time; one that failed is repeated after a delay that doubles. */
export class StepLoop {
  readonly #step: () => Promise<void>
  readonly #log: Logger
  #looping = false
  #again = false
  #stopped = false
  #interrupt = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #retryMs = FIRST_RETRY_MS

  constructor(step: () => Promise<void>, log: Logger) {
    this.#step = step
    this.#log = log
  }

  get isStopped(): boolean {
    return this.#stopped
  }

  /** Aborted when the step under way is to be given up. */
  get signal(): AbortSignal {
    return this.#interrupt.signal
  }

  /** Something has changed: look again, soon. `interrupt` gives up a step that is under way. */
  kick({ interrupt = false } = {}): void {
    if (interrupt) this.#interrupt.abort()
    this.#again = true
    if (!this.#looping && !this.#stopped) void this.#loop()
  }

  kickIn(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.kick(), ms)
  }

  /** No further step. */
  stop(): void {
    this.#stopped = true
    this.#interrupt.abort()
    if (this.#timer) clearTimeout(this.#timer)
  }

  async #loop(): Promise<void> {
    this.#looping = true
    while (this.#again && !this.#stopped) {
      this.#again = false
      this.#interrupt = new AbortController()
      try {
        await this.#step()
        this.#retryMs = FIRST_RETRY_MS
      } catch (error) {
        if (this.#stopped) break
        if (this.#interrupt.signal.aborted) continue // something has changed: the next step sees it
        this.#log.error({ err: error }, 'a step of the reconciler failed: trying again')
        this.kickIn(this.#retryMs)
        this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS)
      }
    }
    this.#looping = false
  }
}
