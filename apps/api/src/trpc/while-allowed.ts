import type { ChangeFeed } from '../live/change-feed.ts'

/** What decides about who may do what. */
const DECIDING: ReadonlySet<string | null> = new Set([null, 'member', 'apikey', 'session'])
/** Sessions and tokens also end by time. */
const LOOK_MS = 30_000

/**
 * The events of a stream for as long as the caller may see them: who is removed, or whose token or session is revoked,
 * sees no more, at once, whichever api process did it.
 * @param check throws when the caller may no longer see them
 */
export async function* whileAllowed<T>(
  events: AsyncIterable<T>,
  feed: ChangeFeed,
  check: () => Promise<unknown>,
): AsyncGenerator<T, void> {
  const iterator = events[Symbol.asyncIterator]()
  const over = Promise.withResolvers<never>()
  over.promise.catch(() => {}) // nobody may be waiting
  const look = () => void check().catch(over.reject)
  const unlisten = feed.listen(({ collection }) => DECIDING.has(collection) && look())
  const timer = setInterval(look, LOOK_MS)
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), over.promise])
      if (next.done) return
      yield next.value
    }
  } finally {
    clearInterval(timer)
    unlisten()
    // It may wait for its next event, and ends with the request: it is not waited for.
    void iterator.return?.()
  }
}
