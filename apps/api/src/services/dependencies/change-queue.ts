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
    const result = queue.tail.then(async () => {
      try {
        entry.abort.signal.throwIfAborted()
        return await task(entry.abort.signal)
      } finally {
        queue.entries.splice(queue.entries.indexOf(entry), 1)
        queue.entries.slice(1).forEach((waiting, index) => {
          this.#moved(appid, waiting.id, index + 1)
        })
        if (queue.entries.length === 0) this.#byApp.delete(appid)
      }
    })
    queue.tail = result.catch(() => {})
    return result
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
