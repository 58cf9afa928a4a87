/** Something that happens again and again, for those who wait for it. */
export class Signal {
  readonly #waiting = new Set<() => void>()

  fire(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  /** Resolves when it happens next, or after `ms`. */
  next(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      this.#waiting.add(wake)
    })
  }
}
