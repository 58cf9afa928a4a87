import type { Preferences } from '@lathe/shared'
import { usePreferences } from '../stores/preferences.ts'
import { api } from './trpc.ts'

const RESTS_MS = 400
let following = false

/** Takes over what the person chose on whatever device, and keeps what is chosen here with the account. Once per page. */
export async function followPreferences(): Promise<void> {
  if (following) return
  following = true
  try {
    usePreferences.getState().actions.set(await api.account.preferences.query())
  } catch {
    // Offline: this browser's copy counts until the next page.
  }
  let changed: Partial<Preferences> = {}
  let rests: ReturnType<typeof setTimeout> | undefined
  usePreferences.subscribe(({ actions: _, ...now }, { actions: __, ...before }) => {
    const keys = (Object.keys(now) as (keyof Preferences)[]).filter((key) => now[key] !== before[key])
    changed = { ...changed, ...Object.fromEntries(keys.map((key) => [key, now[key]])) }
    clearTimeout(rests)
    rests = setTimeout(() => {
      const sent = changed
      changed = {}
      api.account.setPreferences.mutate(sent).catch(() => {
        changed = { ...sent, ...changed } // goes with the next change
      })
    }, RESTS_MS)
  })
}
