import { readFile, rename, writeFile } from 'node:fs/promises'
import { type Route, routeSchema } from '@lathe/shared'
import type { Logger } from 'pino'
import { z } from 'zod'

const fileSchema = z.object({ version: z.literal(1), routes: z.array(routeSchema) })

/** The last known routes on disk, so that a gateway can serve apps while the api is away. */
export class RoutesFile {
  readonly #path: string
  readonly #log: Logger
  #writing: Promise<void> | null = null
  #next: (() => readonly Route[]) | null = null

  constructor(path: string, log: Logger) {
    this.#path = path
    this.#log = log
  }

  /** What was saved last; nothing when there is no file or it cannot be read. */
  async load(): Promise<readonly Route[]> {
    let text: string
    try {
      text = await readFile(this.#path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#log.warn({ err: error }, 'routes file unreadable')
      return []
    }
    try {
      return fileSchema.parse(JSON.parse(text)).routes
    } catch (error) {
      this.#log.warn({ err: error }, 'routes file ignored: it is not what a gateway writes')
      return []
    }
  }

  /** Writes soon; changes that come while it writes are written together. */
  save(routes: () => readonly Route[]): void {
    this.#next = routes
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null
    })
  }

  /** Resolves when all that was saved is in the file. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing
  }

  async #write(): Promise<void> {
    while (this.#next) {
      const routes = this.#next()
      this.#next = null
      const temporary = `${this.#path}.${process.pid}.tmp`
      try {
        await writeFile(temporary, JSON.stringify({ version: 1, routes }), { mode: 0o600 })
        await rename(temporary, this.#path)
      } catch (error) {
        this.#log.error({ err: error }, 'routes file could not be written')
      }
    }
  }
}
