/** Lets any number of installs at the shared store, or one pruning alone: it takes away what nobody links to yet. */
export class StoreGate {
  #users = 0
  #pruning: Promise<unknown> | null = null

  async use<T>(task: () => Promise<T>): Promise<T> {
    while (this.#pruning) await this.#pruning.catch(() => {})
    this.#users++
    try {
      return await task()
    } finally {
      this.#users--
    }
  }

  /** @returns whether the task ran: not while the store is used */
  async alone(task: () => Promise<void>): Promise<boolean> {
    if (this.#users > 0 || this.#pruning) return false
    this.#pruning = task()
    try {
      await this.#pruning
      return true
    } finally {
      this.#pruning = null
    }
  }
}
