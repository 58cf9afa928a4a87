/** Limits that more than one part must agree on. Sizes in bytes, times in milliseconds. */
export const limits = {
  sourceBytes: 1_000_000,
  bodyBytes: 10 * 1024 * 1024,
  functionTimeoutMs: 60_000,
  functionTimeoutMaxMs: 3_600_000,
  functionsPerApp: 2_000,
  headerBytes: 16 * 1024,
  /** How long the gateway holds a request while its app starts. */
  startHoldMs: 10_000,
  /** A log line's text; longer ones are cut and say so. */
  logLineChars: 8_192,
  controlMessageBytes: 64 * 1024 * 1024,
  heartbeatMs: 5_000,
  /** Runtimes for debugging and tests, beside the one that serves: of one app, and of a whole server. */
  sideRuntimesPerApp: 4,
  sideRuntimes: 12,
} as const

/** Limits of what a line of the console carries of its objects. */
export const consoleLimits = {
  /** How far one can open. */
  depth: 6,
  /** Entries of one object, and of all objects of a line together. */
  entries: 100,
  values: 600,
  /** Of one string. */
  chars: 1_000,
  /** Of a line's values as JSON: with more it is text alone. */
  bytes: 64_000,
  /** The same of lines that are stored. */
  storedBytes: 4_000,
} as const
