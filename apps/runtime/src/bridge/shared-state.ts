/**
 * Numbers that the keeper must be able to read while the main thread is stuck: cells of one SharedArrayBuffer.
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
} as const

export const SHARED_BYTES = 9 * Int32Array.BYTES_PER_ELEMENT
