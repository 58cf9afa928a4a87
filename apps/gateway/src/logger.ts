import pino, { type Logger } from 'pino'

/** Lines wait in memory up to this many characters or milliseconds: one write for many requests. */
const BATCH_CHARS = 12 * 1024
const FLUSH_MS = 200
/** When nobody reads the log, lines beyond this are dropped: memory stays bounded. */
const WAITING_BYTES = 4 * 1024 * 1024

export interface GatewayLog {
  log: Logger
  /** Writes a finished line. */
  write(line: string): void
  /** Writes what waits. */
  flush(): void
}

/** Structured lines on stdout, written in batches so that logging does not cost each request a system call. */
export function createLogger(level: string): GatewayLog {
  const destination = pino.destination({ fd: 1, sync: false, minLength: 0, maxLength: WAITING_BYTES })
  destination.on('error', () => {
    // The reader of our log is gone; requests are served all the same.
  })
  let batch = ''
  const send = () => {
    if (batch !== '') destination.write(batch)
    batch = ''
  }
  setInterval(send, FLUSH_MS).unref()
  return {
    log: pino({ level, base: { name: 'gateway', pid: process.pid } }, destination),
    write: (line) => {
      batch += line
      if (batch.length >= BATCH_CHARS) send()
    },
    flush: () => {
      try {
        send()
        destination.flushSync()
      } catch {
        // Never opened or already closed: there is nothing to write to.
      }
    },
  }
}
