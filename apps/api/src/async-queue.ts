/** Values handed from callbacks to one reader, in order. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  #values: T[] = []
  #ended = false
  #wake: (() => void) | null = null

  get length(): number {
    return this.#values.length
  }

  push(value: T): void {
    if (this.#ended) return
    this.#values.push(value)
    this.#wake?.()
  }

  /** The reader gets what is there, and then the end. */
  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      for (const value of this.#values.splice(0)) yield value
      if (this.#values.length > 0) continue
      if (this.#ended) return
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
      this.#wake = null
    }
  }
}
