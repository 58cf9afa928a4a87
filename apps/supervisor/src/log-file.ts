import { appendFileSync, renameSync, statSync } from 'node:fs'

const MAX_BYTES = 10 * 1024 * 1024

/** A log file that is set aside as `<name>.1` when it has grown to 10 MB, so that a disk never fills with logs. */
export class LogFile {
  readonly path: string
  #size: number

  constructor(path: string) {
    this.path = path
    this.#size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  }

  write(chunk: Buffer | string): void {
    const bytes = Buffer.byteLength(chunk)
    try {
      if (this.#size + bytes > MAX_BYTES && this.#size > 0) {
        renameSync(this.path, `${this.path}.1`)
        this.#size = 0
      }
      appendFileSync(this.path, chunk, { mode: 0o600 })
      this.#size += bytes
    } catch {
      // A full disk must not stop the processes whose log this is.
    }
  }
}
