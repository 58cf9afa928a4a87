/** Which open transaction holds which document or unique key. */
export class LockTable {
  readonly #held = new Map<string, object>()
  readonly #byOwner = new Map<object, Set<string>>()

  /** False when another owner holds it. */
  take(key: string, owner: object): boolean {
    const holder = this.#held.get(key)
    if (holder) return holder === owner
    this.#held.set(key, owner)
    let keys = this.#byOwner.get(owner)
    if (!keys) {
      keys = new Set()
      this.#byOwner.set(owner, keys)
    }
    keys.add(key)
    return true
  }

  release(owner: object): void {
    for (const key of this.#byOwner.get(owner) ?? []) this.#held.delete(key)
    this.#byOwner.delete(owner)
  }
}
