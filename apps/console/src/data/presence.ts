import type { PresenceEvent, Present } from '@lathe/shared'
import { useEffect } from 'react'
import { create } from 'zustand'
import { useDrafts } from '../stores/drafts.ts'
import { follow } from './follow.ts'
import { functionQuery } from './functions.ts'
import { refreshChanged } from './refresh-changed.ts'
import { api, queryClient } from './trpc.ts'
import { WINDOW } from './window.ts'

/** How long after the last keystroke somebody counts as editing. */
const RESTS_MS = 8_000

/** Who else has this app open; empty while nobody is known. */
export const usePresence = create<{ people: Present[] }>()(() => ({ people: [] }))

/** Says which function of the app this page shows, and whether somebody types in it. */
export function useSayPlace(appid: string, name: string | undefined): void {
  useEffect(() => {
    openName = name ?? null
    if (!name) return
    let editing = false
    let rests: ReturnType<typeof setTimeout> | undefined
    const say = (next: boolean) => {
      editing = next
      // Who does not hear it now hears it with the next change.
      api.presence.at.mutate({ appid, window: WINDOW, functionName: name, editing }).catch(() => {})
    }
    say(false)
    const stop = useDrafts.subscribe((now, before) => {
      if (now.status[name]?.save !== 'pending' || before.status[name]?.save === 'pending') return
      if (!editing) say(true)
      clearTimeout(rests)
      rests = setTimeout(() => say(false), RESTS_MS)
    })
    return () => {
      stop()
      clearTimeout(rests)
    }
  }, [appid, name])
  useEffect(
    () => () => {
      openName = null
      const place = { appid, window: WINDOW, functionName: null, editing: false }
      api.presence.at.mutate(place).catch(() => {}) // it expires
    },
    [appid],
  )
}

/**
 * Says that this page has the app open, and hears who else has. What colleagues change, in another page of theirs or by a
 * program, is looked at again here.
 */
export function useFollowPresence(appid: string): void {
  useEffect(() => {
    let tries = 0
    const stop = follow(({ heard, lost }) => {
      const isFirst = tries++ === 0
      return api.presence.follow.subscribe(
        { appid, window: WINDOW, functionName: openName },
        {
          onStarted: () => {
            heard()
            // What happened while nobody listened is not known.
            if (!isFirst) refreshChanged(appid, ['*'])
          },
          onData: (event) => {
            usePresence.setState({ people: event.people })
            lookAgain(appid, event)
            refreshChanged(appid, event.changed)
          },
          onError: lost,
          onComplete: lost,
        },
      )
    })
    return () => {
      stop()
      usePresence.setState({ people: [] })
    }
  }, [appid])
}

let openName: string | null = null

/** What this page knows of a function is older than what the server says: ask for it. */
function lookAgain(appid: string, { functions }: PresenceEvent): void {
  for (const { name, draftVersion, liveRevision } of functions) {
    const query = functionQuery(appid, name)
    const known = queryClient.getQueryData(query.queryKey)
    if (known && (known.draft.version < draftVersion || known.liveRevision < liveRevision)) {
      void queryClient.invalidateQueries({ queryKey: query.queryKey })
    }
  }
}
