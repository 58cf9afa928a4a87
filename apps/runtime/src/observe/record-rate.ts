/** Records per second for ordinary requests, and for those that someone will look for: failed ones and runs. */
const ORDINARY_PER_SECOND = 200
const SOUGHT_PER_SECOND = 500

/** Decides of which requests a record is sent: of all of them up to a rate, beyond it of the failed ones and runs first. */
export class RecordRate {
  #second = 0
  #ordinary = 0
  #sought = 0

  /** @param at milliseconds since the epoch */
  allows(at: number, sought: boolean): boolean {
    const second = Math.floor(at / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#ordinary = 0
      this.#sought = 0
    }
    return sought ? this.#sought++ < SOUGHT_PER_SECOND : this.#ordinary++ < ORDINARY_PER_SECOND
  }
}
