import type { RawLine } from '../bridge/protocol.ts'

/** How much of objects lines may carry: who writes more than anybody opens gets their text alone. */
export class ValueAllowance {
  readonly #perSecond: number
  readonly #burst: number
  readonly #most: number
  #room: number
  #refilled = Date.now()

  /**
   * @param perSecond characters for long
   * @param burst characters at once
   * @param most characters of one line
   */
  constructor(perSecond: number, burst: number, most: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#most = most
    this.#room = burst
  }

  look(values: (most: number) => string | null, now: number): Pick<RawLine, 'preview'> {
    const since = (now - this.#refilled) / 1000
    this.#room = Math.min(this.#burst, this.#room + since * this.#perSecond)
    this.#refilled = now
    if (this.#room <= 0) return {}
    const preview = values(this.#most)
    // Looking costs time also where it was in vain.
    this.#room -= preview?.length ?? this.#most / 10
    return preview === null ? {} : { preview }
  }
}
