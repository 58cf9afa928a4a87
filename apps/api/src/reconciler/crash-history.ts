const FIRST_DELAY_MS = 200
const MAX_DELAY_MS = 30_000
const LOOP_CRASHES = 5
const LOOP_WINDOW_MS = 60_000
/** An instance that served this long has recovered: crashes before it no longer count. */
const STABLE_MS = 30_000

/** Decides what follows a crash: a start after a delay that doubles, or no start any more. */
export class CrashHistory {
  #crashes: number[] = []
  #delay = FIRST_DELAY_MS

  /**
   * @param now in milliseconds
   * @param servedMs how long the instance had served; 0 when it never became ready
   * @param random between 0 and 1: spreads the starts of apps that crashed together
   * @returns milliseconds until the next start; null = a crash loop
   */
  record(now: number, servedMs: number, random: number): number | null {
    if (servedMs >= STABLE_MS) this.reset()
    this.#crashes = [...this.#crashes.filter((at) => now - at < LOOP_WINDOW_MS), now]
    if (this.#crashes.length >= LOOP_CRASHES) return null
    const delay = this.#delay
    this.#delay = Math.min(delay * 2, MAX_DELAY_MS)
    return Math.round(delay * (0.75 + random / 2))
  }

  reset(): void {
    this.#crashes = []
    this.#delay = FIRST_DELAY_MS
  }
}
