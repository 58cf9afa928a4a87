/** Records per second for ordinary requests, and for those that someone will look for: failed ones and runs. */
const ORDINARY_PER_SECOND = 200
const SOUGHT_PER_SECOND = 500
/** What requests carried is kept of so many of each. */
const CARRIED_PER_SECOND = 10

/** Decides of which requests a record is sent: of all of them up to a rate, beyond it of the failed ones and runs first. */
export class RecordRate {
  #second = 0
  #ordinary = 0
  #sought = 0

  /**
   * @param at milliseconds since the epoch
   * @returns whether there is to be a record, and whether it is to hold what the request carried
   */
  allows(at: number, sought: boolean): { recorded: boolean; carried: boolean } {
    const second = Math.floor(at / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#ordinary = 0
      this.#sought = 0
    }
    const before = sought ? this.#sought++ : this.#ordinary++
    return {
      recorded: before < (sought ? SOUGHT_PER_SECOND : ORDINARY_PER_SECOND),
      carried: before < CARRIED_PER_SECOND,
    }
  }
}
