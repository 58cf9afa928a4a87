import { CrashHistory } from './crash-history.ts'

/** What went wrong with an app's runtime, and what follows from it. */
export class Setbacks {
  readonly #crashes = new CrashHistory()
  /** Milliseconds of the monotonic clock before which no start is tried. */
  #notBefore = 0
  lastError: string | null = null
  /** It crashes again and again: no start is tried any more. */
  isCrashLoop = false

  /** Milliseconds until the next start may be tried. */
  get waitMs(): number {
    return this.#notBefore - performance.now()
  }

  /**
   * @param servedMs how long the instance had served; 0 when it never became ready
   * @returns milliseconds until the next start; null = a crash loop
   */
  crashed(message: string, servedMs: number): number | null {
    const now = performance.now()
    const delayMs = this.#crashes.record(now, servedMs, Math.random())
    this.lastError = message
    this.isCrashLoop = delayMs === null
    this.#notBefore = now + (delayMs ?? 0)
    return delayMs
  }

  /** An instance serves: its crashes still count, for a while. */
  overcome(): void {
    this.lastError = null
  }

  /** What went wrong before no longer counts. */
  forget(): void {
    this.#crashes.reset()
    this.#notBefore = 0
    this.lastError = null
    this.isCrashLoop = false
  }
}
