import type { LogEntry, LogLevel } from '@lathe/shared'
import { useEffect, useState } from 'react'
import { follow } from '../../data/follow.ts'
import { api } from '../../data/trpc.ts'
import { MAX_LINES } from '../../stores/runs.ts'

const GUST_MS = 100
/** The last lines come at once after the connection: nothing for this long means that there are none. */
const QUIET_MS = 700

interface Tail {
  lines: LogEntry[]
  dropped: number
  state: 'connecting' | 'live'
  /** There is nothing yet, as far as can be told. */
  quiet: boolean
}

const nothing: Tail = { lines: [], dropped: 0, state: 'connecting', quiet: false }

/** Follows an app's lines; after a broken connection it goes on after the last line that it had. */
export function useTail(
  appid: string,
  functionName?: string,
  level?: LogLevel,
): Tail & { clear: () => void } {
  const [tail, setTail] = useState(nothing)
  useEffect(() => {
    setTail(nothing)
    let lastEventId: string | undefined
    let gust: LogEntry[] = []
    let missed = 0
    let quiet: ReturnType<typeof setTimeout> | undefined
    const blow = setInterval(() => {
      if (gust.length === 0 && missed === 0) return
      const [lines, dropped] = [gust, missed]
      gust = []
      missed = 0
      setTail((old) => {
        const all = old.lines.concat(lines)
        const over = Math.max(0, all.length - MAX_LINES)
        return { ...old, lines: over ? all.slice(over) : all, dropped: old.dropped + dropped }
      })
    }, GUST_MS)
    const stop = follow(({ heard, lost }) => {
      const again = () => {
        setTail((old) => ({ ...old, state: 'connecting' }))
        lost()
      }
      return api.logs.tail.subscribe(
        {
          appid,
          ...(functionName ? { functionName } : {}),
          ...(level ? { level } : {}),
          ...(lastEventId ? { lastEventId } : {}),
        },
        {
          onStarted: () => {
            heard()
            setTail((old) => ({ ...old, state: 'live' }))
            clearTimeout(quiet)
            quiet = setTimeout(() => setTail((old) => ({ ...old, quiet: true })), QUIET_MS)
          },
          onData: ({ id, data }) => {
            lastEventId = id
            if (data.type === 'line') gust.push({ id, ...data.line })
            else missed += data.count
          },
          onError: again,
          onComplete: again,
        },
      )
    })
    return () => {
      clearInterval(blow)
      clearTimeout(quiet)
      stop()
    }
  }, [appid, functionName, level])
  return { ...tail, clear: () => setTail((old) => ({ ...old, lines: [], dropped: 0 })) }
}
