/**
 * A bounded buffer of what is to be shipped in batches. When it is full the oldest goes, and is counted: what is newest
 * tells most about what is wrong now.
 */
export class Outbox<T> {
  #items: T[] = []
  #dropped = 0
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  push(items: readonly T[], dropped = 0): void {
    this.#dropped += dropped
    for (const item of items) this.#items.push(item)
    const over = this.#items.length - this.#limit
    if (over > 0) {
      this.#items.splice(0, over)
      this.#dropped += over
    }
  }

  get empty(): boolean {
    return this.#items.length === 0 && this.#dropped === 0
  }

  /** Takes at most `count` items, and the number of those that were lost since the last batch. */
  take(count: number): { items: T[]; dropped: number } {
    const items = this.#items.splice(0, count)
    const dropped = this.#dropped
    this.#dropped = 0
    return { items, dropped }
  }

  /** Puts a batch back that could not be sent. */
  putBack(items: readonly T[], dropped: number): void {
    this.#items.unshift(...items)
    this.#dropped += dropped
    this.push([])
  }
}
