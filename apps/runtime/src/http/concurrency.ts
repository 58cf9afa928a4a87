import type { Exchange } from './exchange.ts'

/** What is under way in functions that have a limit. Counted by name, so that a publish does not begin anew. */
export class Concurrency {
  readonly #running = new Map<string, Set<Exchange>>()

  /** @returns false when it is one too many */
  enter(exchange: Exchange): boolean {
    const { name, concurrency } = exchange.entry.unit
    if (concurrency === undefined) return true
    const running = this.#running.get(name) ?? new Set()
    if (running.size >= concurrency) return false
    this.#running.set(name, running.add(exchange))
    return true
  }

  leave(exchange: Exchange): void {
    if (this.#running.size === 0) return
    const { name } = exchange.entry.unit
    const running = this.#running.get(name)
    running?.delete(exchange)
    if (running?.size === 0) this.#running.delete(name)
  }
}
