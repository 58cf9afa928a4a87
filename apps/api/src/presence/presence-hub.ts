import type { PresenceEvent } from '@lathe/shared'
import type { Logger } from 'pino'
import { AsyncQueue } from '../async-queue.ts'
import type { Change, ChangeFeed } from '../live/change-feed.ts'
import type { FunctionDoc, PresenceDoc } from '../mongo/documents.ts'
import type { Mongo } from '../mongo/mongo.ts'

/** How soon a page hears what another api process was told; what this process is told it hears at once. */
const LOOK_MS = 1_500
/** How long a page counts as open after it was last heard of. */
export const SILENT_MS = 15_000

/** What stands in the database about an app at one moment. */
interface Look {
  people: PresenceDoc[]
  functions: PresenceEvent['functions']
}

/** What a page is told: how things stand, and what was changed since it was told last. */
type News = Look & Pick<PresenceEvent, 'changed'>

interface Watched {
  readers: Set<AsyncQueue<News>>
  timer: NodeJS.Timeout
  last: Look | null
  looking: Promise<void> | null
  again: boolean
}

/**
 * Who has which function of an app open, and where those functions stand. The database is the meeting place of any
 * number of api processes: each looks once per app while one of its pages follows it, however many do.
 */
export class PresenceHub implements AsyncDisposable {
  #mongo: Pick<Mongo, 'presence' | 'functions' | 'audit'>
  #feed: ChangeFeed
  #log: Logger
  #apps = new Map<string, Watched>()
  #unlisten: (() => void) | null = null

  constructor(mongo: Pick<Mongo, 'presence' | 'functions' | 'audit'>, feed: ChangeFeed, log: Logger) {
    this.#mongo = mongo
    this.#feed = feed
    this.#log = log.child({ part: 'presence' })
  }

  /** What is there, at once and after every change of it, until the signal. */
  async *follow(appid: string, signal: AbortSignal): AsyncGenerator<News, void> {
    const queue = new AsyncQueue<News>()
    const watched = this.#watch(appid)
    watched.readers.add(queue)
    if (watched.last) queue.push({ ...watched.last, changed: [] })
    const end = () => queue.end()
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    try {
      this.kick(appid)
      yield* queue
    } finally {
      signal.removeEventListener('abort', end)
      watched.readers.delete(queue)
      if (watched.readers.size === 0) this.#forget(appid)
    }
  }

  /** Something changed: look now. */
  kick(appid: string): void {
    const watched = this.#apps.get(appid)
    if (!watched) return
    watched.again = true
    watched.looking ??= this.#look(appid, watched).finally(() => {
      watched.looking = null
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#apps.entries()]
    for (const [appid, { readers }] of all) {
      for (const reader of readers) reader.end()
      this.#forget(appid)
    }
    await Promise.all(all.map(([, { looking }]) => looking))
  }

  #watch(appid: string): Watched {
    const known = this.#apps.get(appid)
    if (known) return known
    const timer = setInterval(() => this.kick(appid), LOOK_MS)
    const watched: Watched = { readers: new Set(), timer, last: null, looking: null, again: false }
    this.#apps.set(appid, watched)
    this.#unlisten ??= this.#feed.listen((change) => void this.#heard(change))
    return watched
  }

  #forget(appid: string): void {
    clearInterval(this.#apps.get(appid)?.timer)
    this.#apps.delete(appid)
    if (this.#apps.size > 0) return
    this.#unlisten?.()
    this.#unlisten = null
  }

  /** The audit log has every call that changed something, whichever api process served it. */
  async #heard({ collection, id }: Change): Promise<void> {
    if (collection === null) {
      for (const watched of this.#apps.values()) tell(watched, '*')
      return
    }
    if (collection !== 'audit') return
    try {
      const act = await this.#mongo.audit.findOne(
        { _id: id },
        { projection: { appid: 1, action: 1, outcome: 1 } },
      )
      const watched = act?.outcome === 'ok' && act.appid ? this.#apps.get(act.appid) : undefined
      if (watched) tell(watched, act!.action.split('.')[0]!)
    } catch (error) {
      this.#log.warn({ err: error }, 'a change could not be read; pages show it when they look again')
    }
  }

  async #look(appid: string, watched: Watched): Promise<void> {
    try {
      while (watched.again && watched.readers.size > 0) {
        watched.again = false
        const look = await this.#read(appid)
        if (watched.last && sameLook(watched.last, look)) continue
        watched.last = look
        for (const reader of watched.readers) reader.push({ ...look, changed: [] })
      }
    } catch (error) {
      this.#log.warn({ err: error, appid }, 'presence could not be read; the next look tries again')
    }
  }

  async #read(appid: string): Promise<Look> {
    const people = await this.#mongo.presence
      .find({ appid, expiresAt: { $gt: new Date() } })
      .sort({ _id: 1 })
      .toArray()
    const names = [...new Set(people.flatMap(({ functionName }) => functionName ?? []))]
    const found = await this.#mongo.functions
      .find({ appid, slot: { $in: names } })
      .project<Pick<FunctionDoc, 'name' | 'liveRevision'> & { draft: { version: number } }>({
        name: 1,
        liveRevision: 1,
        'draft.version': 1,
      })
      .sort({ slot: 1 })
      .toArray()
    return {
      people,
      functions: found.map(({ name, liveRevision, draft }) => ({
        name,
        liveRevision,
        draftVersion: draft.version,
      })),
    }
  }
}

/** Before the first look nobody has seen anything that could be old. */
function tell({ last, readers }: Watched, kind: string): void {
  if (last) for (const reader of readers) reader.push({ ...last, changed: [kind] })
}

/** Equal but for how long each page will still count. */
function sameLook(one: Look, other: Look): boolean {
  const told = ({ people, functions }: Look) =>
    JSON.stringify([people.map(({ expiresAt: _, ...rest }) => rest), functions])
  return told(one) === told(other)
}
