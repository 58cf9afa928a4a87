import { InstallError } from '../../packages/install-error.ts'

interface Entry {
  id: string
  abort: AbortController
}

/** Changes of an app's packages, one after another. Each can be cancelled while it waits and while it runs. */
export class ChangeQueue {
  #byApp = new Map<string, { entries: Entry[]; tail: Promise<unknown> }>()
  #moved: (appid: string, id: string, position: number) => void

  /** @param moved is told the place of one that waits; 1 = it is next */
  constructor(moved: (appid: string, id: string, position: number) => void) {
    this.#moved = moved
  }

  run<T>(appid: string, id: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const queue = this.#byApp.get(appid) ?? { entries: [], tail: Promise.resolve() }
    this.#byApp.set(appid, queue)
    const entry: Entry = { id, abort: new AbortController() }
    queue.entries.push(entry)
    if (queue.entries.length > 1) this.#moved(appid, id, queue.entries.length - 1)
    const { signal } = entry.abort
    const result = new Promise<T>((resolve, reject) => {
      const giveUp = () => {
        this.#leave(appid, entry)
        reject(signal.reason)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      void queue.tail.then(async () => {
        if (signal.aborted) return
        signal.removeEventListener('abort', giveUp)
        try {
          resolve(await task(signal))
        } catch (error) {
          reject(error)
        } finally {
          this.#leave(appid, entry)
        }
      })
    })
    // One that gives up while it waits does not let those behind it overtake the one that runs.
    queue.tail = Promise.allSettled([queue.tail, result])
    return result
  }

  #leave(appid: string, entry: Entry): void {
    const queue = this.#byApp.get(appid)
    const index = queue?.entries.indexOf(entry) ?? -1
    if (!queue || index < 0) return
    queue.entries.splice(index, 1)
    queue.entries.forEach((waiting, position) => {
      if (position >= Math.max(1, index)) this.#moved(appid, waiting.id, position)
    })
    if (queue.entries.length === 0) this.#byApp.delete(appid)
  }

  /** @returns whether there was such a change */
  cancel(appid: string, id: string): boolean {
    const entry = this.#byApp.get(appid)?.entries.find((one) => one.id === id)
    entry?.abort.abort(new InstallError('CANCELLED', 'The change was cancelled. Nothing has changed.'))
    return entry !== undefined
  }

  /** Ends all changes of an app that goes away, or of a server that stops; resolves when none is left. */
  async endAll(appid: string, reason: InstallError): Promise<void> {
    const queue = this.#byApp.get(appid)
    for (const { abort } of queue?.entries ?? []) abort.abort(reason)
    await queue?.tail
  }

  get apps(): string[] {
    return [...this.#byApp.keys()]
  }
}
