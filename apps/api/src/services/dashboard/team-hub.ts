import type { Logger } from 'pino'
import { AsyncQueue } from '../../async-queue.ts'
import type { Context } from '../../context.ts'
import type { Change, ChangeFeed } from '../../live/change-feed.ts'
import { readTeam, type TeamLook } from './read.ts'

/** Changes that come together are told together. */
const GATHER_MS = 250
/** Time goes on, and with it the last hour, also where nothing is written. */
const TICK_MS = 20_000

interface Watched {
  readers: Set<AsyncQueue<TeamLook>>
  last: TeamLook | null
  gather: NodeJS.Timeout | null
  tick: NodeJS.Timeout
  looking: Promise<void> | null
  again: boolean
}

/** What teams look like now, for whoever has a dashboard open: each team is read once however many look at it. */
export class TeamHub implements AsyncDisposable {
  #context: Pick<Context, 'mongo' | 'channels' | 'env'>
  #feed: ChangeFeed
  #log: Logger
  #teams = new Map<string, Watched>()
  #unlisten: (() => void) | null = null

  constructor(context: Pick<Context, 'mongo' | 'channels' | 'env'>, feed: ChangeFeed, log: Logger) {
    this.#context = context
    this.#feed = feed
    this.#log = log.child({ part: 'dashboard' })
  }

  /** What is there, at once and after every change of it, until the signal. */
  async *follow(teamId: string, signal: AbortSignal | undefined): AsyncGenerator<TeamLook, void> {
    const queue = new AsyncQueue<TeamLook>()
    const watched = this.#watch(teamId)
    watched.readers.add(queue)
    const end = () => queue.end()
    signal?.addEventListener('abort', end, { once: true })
    if (signal?.aborted) end()
    try {
      if (watched.last) queue.push(watched.last)
      this.#look(teamId, watched)
      yield* queue
    } finally {
      signal?.removeEventListener('abort', end)
      watched.readers.delete(queue)
      if (watched.readers.size === 0) this.#forget(teamId)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#teams]
    for (const [teamId, { readers }] of all) {
      for (const reader of readers) reader.end()
      this.#forget(teamId)
    }
    await Promise.all(all.map(([, { looking }]) => looking))
  }

  #watch(teamId: string): Watched {
    const known = this.#teams.get(teamId)
    if (known) return known
    const watched: Watched = {
      readers: new Set(),
      last: null,
      gather: null,
      tick: setInterval(() => this.#look(teamId, watched), TICK_MS),
      looking: null,
      again: false,
    }
    this.#teams.set(teamId, watched)
    this.#unlisten ??= this.#feed.listen((change) => this.#heard(change))
    return watched
  }

  #forget(teamId: string): void {
    const watched = this.#teams.get(teamId)
    clearInterval(watched?.tick)
    if (watched?.gather) clearTimeout(watched.gather)
    this.#teams.delete(teamId)
    if (this.#teams.size > 0) return
    this.#unlisten?.()
    this.#unlisten = null
  }

  #heard({ collection, id }: Change): void {
    // Ids of metrics, presence and apps begin with the appid; an app or an act that is new may be any team's.
    const appid = id.slice(0, 6)
    const isOfApp = collection !== null && ['metrics', 'presence', 'dependencies'].includes(collection)
    for (const [teamId, watched] of this.#teams) {
      if (isOfApp && watched.last && !watched.last.apps.has(appid)) continue
      watched.gather ??= setTimeout(() => {
        watched.gather = null
        this.#look(teamId, watched)
      }, GATHER_MS)
    }
  }

  #look(teamId: string, watched: Watched): void {
    watched.again = true
    watched.looking ??= this.#read(teamId, watched).finally(() => {
      watched.looking = null
    })
  }

  async #read(teamId: string, watched: Watched): Promise<void> {
    while (watched.again && watched.readers.size > 0) {
      watched.again = false
      try {
        watched.last = await readTeam(this.#context, teamId)
        for (const reader of watched.readers) reader.push(watched.last)
      } catch (error) {
        this.#log.warn({ err: error, teamId }, 'a team could not be read; the next look tries again')
      }
    }
  }
}
