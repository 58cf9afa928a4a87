import { setTimeout as delay } from 'node:timers/promises'

const LOOK_MS = 25
const PATIENCE_MS = 40_000

/** Looks until `look` gives something else than null or false; errors count as not yet. */
export async function eventually<T>(look: () => Promise<T | null | false>, what = 'it'): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS
  let last: unknown = null
  while (Date.now() < deadline) {
    try {
      const found = await look()
      if (found !== null && found !== false) return found
      last = found
    } catch (error) {
      last = error
    }
    await delay(LOOK_MS)
  }
  throw new Error(`${what} did not come to be; last: ${String(last)}`)
}
