import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs'
import { promisify } from 'node:util'

const fdatasyncAsync = promisify(fdatasync)

/**
 * SQLite's write-ahead log, brought to disk by us. With `synchronous = FULL` SQLite would do it inside of COMMIT, and
 * hold the thread meanwhile; with NORMAL it still syncs around checkpoints, so that the file is never torn, and
 * leaves this one sync to whoever wants commits to survive a power cut (sqlite.org/pragma.html#pragma_synchronous).
 */
export class LogFile {
  readonly #file: string
  #fd: number | undefined
  #inFlight = 0
  #closed = false

  /** @param file of the database; its log lies beside it for as long as a connection is open */
  constructor(file: string) {
    this.#file = `${file}-wal`
  }

  /** What was committed before the call is on disk when it settles. */
  async sync(): Promise<void> {
    this.#inFlight += 1
    try {
      await fdatasyncAsync(this.#open())
    } finally {
      this.#inFlight -= 1
      this.#release()
    }
  }

  syncNow(): void {
    fdatasyncSync(this.#open())
  }

  close(): void {
    this.#closed = true
    this.#release()
  }

  #open(): number {
    // Writable, since Windows syncs no other; a lock of SQLite's is never on this file.
    this.#fd ??= openSync(this.#file, 'r+')
    return this.#fd
  }

  /** A descriptor that is closed while it is synced could be another file's by then. */
  #release(): void {
    if (!this.#closed || this.#inFlight > 0 || this.#fd === undefined) return
    closeSync(this.#fd)
    this.#fd = undefined
  }
}
