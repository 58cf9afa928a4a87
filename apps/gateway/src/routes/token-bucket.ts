/** Lets a rate of requests through; up to a second's worth may come at once. */
export class TokenBucket {
  readonly #perSecond: number
  #tokens: number
  #filledAt = performance.now()

  constructor(perSecond: number) {
    this.#perSecond = perSecond
    this.#tokens = this.#most
  }

  get #most(): number {
    return Math.max(1, this.#perSecond)
  }

  /** Takes one token. @returns 0, or the seconds until there is one */
  take(): number {
    const now = performance.now()
    this.#tokens = Math.min(this.#most, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond)
    this.#filledAt = now
    if (this.#tokens < 1) return (1 - this.#tokens) / this.#perSecond
    this.#tokens--
    return 0
  }
}
