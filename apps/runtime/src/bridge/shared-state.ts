/**
 * What the keeper must be able to read while the main thread is stuck, in one SharedArrayBuffer: cells with numbers, and
 * behind them a text.
 */
export const SHARED_CELLS = {
  /** Requests being handled. */
  inFlight: 0,
  /** Counts turns of the main thread's event loop. */
  turns: 1,
  /** Of the main thread's heap, in kilobytes. */
  heapUsedKb: 2,
  /** How late the main thread's event loop was at worst since the last heartbeat, in milliseconds. */
  delayMs: 3,
  /** The time limit of the handler that was called and has not come back yet; 0 when none is being called. */
  limitMs: 4,
  /** What V8 lets the main thread's heap grow to, in kilobytes. */
  heapLimitKb: 5,
  /** Open WebSockets. */
  sockets: 6,
  /** Counts what began: requests, and WebSockets that were opened or closed. */
  begun: 7,
  /** How long a debugger has held the main thread, in milliseconds, pauses that are over added up. */
  pausedMs: 8,
  /** The length of the text that says which handler was called last. */
  calledLength: 9,
} as const

const CELLS = 10
const TEXT_BYTES = 256
export const SHARED_BYTES = CELLS * Int32Array.BYTES_PER_ELEMENT + TEXT_BYTES

export function sharedCells(shared: SharedArrayBuffer): Int32Array {
  return new Int32Array(shared, 0, CELLS)
}

/**
 * Which handler was called last: nobody can be asked when it is stuck in native code. It has not come back yet while
 * `limitMs` is not 0.
 */
export class CalledNote {
  readonly #cells: Int32Array
  readonly #text: Buffer

  constructor(shared: SharedArrayBuffer) {
    this.#cells = sharedCells(shared)
    this.#text = Buffer.from(shared, CELLS * Int32Array.BYTES_PER_ELEMENT, TEXT_BYTES)
  }

  write(requestId: string, functionName: string): void {
    this.#cells[SHARED_CELLS.calledLength] = this.#text.write(`${requestId} ${functionName}`, 'latin1')
  }

  read(): { requestId: string; functionName: string } | null {
    if (this.#cells[SHARED_CELLS.limitMs] === 0) return null
    const text = this.#text.toString('latin1', 0, this.#cells[SHARED_CELLS.calledLength])
    const [requestId = '', functionName = ''] = text.split(' ')
    return { requestId, functionName }
  }
}
