import pino, { type Logger } from 'pino'

/** Lines wait in memory up to this size or time: one write for many requests. */
const BUFFER_BYTES = 15 * 1024
const FLUSH_MS = 200

export interface GatewayLog {
  log: Logger
  /** Writes a finished line. */
  write(line: string): void
  /** Writes what waits. */
  flush(): void
}

/** Structured lines on stdout, written in batches so that logging does not cost each request a system call. */
export function createLogger(level: string): GatewayLog {
  const destination = pino.destination({ fd: 1, sync: false, minLength: BUFFER_BYTES })
  destination.on('error', () => {
    // The reader of our log is gone; requests are served all the same.
  })
  const timer = setInterval(() => destination.flush(), FLUSH_MS)
  timer.unref()
  return {
    log: pino({ level, base: { name: 'gateway', pid: process.pid } }, destination),
    write: (line) => {
      destination.write(line)
    },
    flush: () => {
      try {
        destination.flushSync()
      } catch {
        // Never opened or already closed: there is nothing to write to.
      }
    },
  }
}
