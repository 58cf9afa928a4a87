/** Values handed from callbacks to one reader, in order. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  #values: T[] = []
  #ended = false
  #wake: (() => void) | null = null
  #taken: (() => void) | null = null

  get length(): number {
    return this.#values.length
  }

  push(value: T): void {
    if (this.#ended) return
    this.#values.push(value)
    this.#wake?.()
  }

  /** Resolves when fewer values than this wait to be read, or nobody reads any more. */
  async below(count: number): Promise<void> {
    while (this.#values.length >= count && !this.#ended) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#taken = resolve
      await promise
    }
  }

  /** The reader gets what is there, and then the end. */
  end(): void {
    this.#ended = true
    this.#wake?.()
    this.#taken?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      const values = this.#values.splice(0)
      this.#taken?.()
      for (const value of values) yield value
      if (this.#values.length > 0) continue
      if (this.#ended) return
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
      this.#wake = null
    }
  }
}
