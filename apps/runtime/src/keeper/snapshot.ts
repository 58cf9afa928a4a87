import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { type FunctionUnit, functionUnitSchema } from '@lathe/shared/control'
import { z } from 'zod'

const snapshotSchema = z.object({
  version: z.literal(1),
  functions: z.array(functionUnitSchema),
  env: z.record(z.string(), z.string()),
})
export interface Snapshot {
  functions: FunctionUnit[]
  env: Record<string, string>
}

/** What was live last, on disk: from it a runtime serves while the api is away. */
export class SnapshotFile {
  readonly #dir: string
  readonly #path: string
  #next: Snapshot | null = null
  #writing: Promise<void> | null = null

  /** @param appDir the app's folder; the snapshot stands in `state/snapshot.json` */
  constructor(appDir: string) {
    this.#dir = `${appDir}/state`
    this.#path = `${this.#dir}/snapshot.json`
  }

  /** @returns null when there is none, or none that can be understood */
  read(): Snapshot | null {
    let text: string
    try {
      text = readFileSync(this.#path, 'utf8')
    } catch {
      return null
    }
    try {
      return snapshotSchema.parse(JSON.parse(text))
    } catch {
      rmSync(this.#path, { force: true })
      return null
    }
  }

  /** Writes soon; of several in a row only the last is written. A crash leaves the old one or the new one, whole. */
  write(snapshot: Snapshot): void {
    this.#next = snapshot
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null
    })
  }

  /** Settles when nothing is being written. */
  async flush(): Promise<void> {
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    while (this.#next) {
      const snapshot = this.#next
      this.#next = null
      try {
        mkdirSync(this.#dir, { recursive: true })
        const temporary = `${this.#path}.tmp`
        // It holds the app's secrets: for this user only.
        // (No fsync: the permission model forbids it. A file that a power failure cut short is not read.)
        await writeFile(temporary, JSON.stringify({ version: 1, ...snapshot }), { mode: 0o600 })
        await rename(temporary, this.#path)
      } catch (error) {
        // A full disk must not stop an app that runs; the next change tries again.
        process.stderr.write(`The snapshot could not be written: ${error}\n`)
      }
    }
  }
}
