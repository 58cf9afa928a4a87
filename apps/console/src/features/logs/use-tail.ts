import type { LogEntry, LogLevel } from '@lathe/shared'
import { useEffect, useState } from 'react'
import { api } from '../../data/trpc.ts'
import { MAX_LINES } from '../../stores/runs.ts'

const GUST_MS = 100
const RETRY_MS = [500, 1000, 2000, 5000]

interface Tail {
  lines: LogEntry[]
  dropped: number
  state: 'connecting' | 'live'
}

const nothing: Tail = { lines: [], dropped: 0, state: 'connecting' }

/** Follows an app's lines; after a broken connection it goes on after the last line that it had. */
export function useTail(
  appid: string,
  functionName?: string,
  level?: LogLevel,
): Tail & { clear: () => void } {
  const [tail, setTail] = useState(nothing)
  useEffect(() => {
    setTail(nothing)
    let closed = false
    let failures = 0
    let lastEventId: string | undefined
    let stop = () => {}
    let retry: ReturnType<typeof setTimeout> | undefined
    let gust: LogEntry[] = []
    let lost = 0
    const blow = setInterval(() => {
      if (gust.length === 0 && lost === 0) return
      const [lines, dropped] = [gust, lost]
      gust = []
      lost = 0
      setTail((old) => {
        const all = old.lines.concat(lines)
        const over = Math.max(0, all.length - MAX_LINES)
        return { ...old, lines: over ? all.slice(over) : all, dropped: old.dropped + dropped }
      })
    }, GUST_MS)
    const connect = () => {
      const again = () => {
        if (closed) return
        setTail((old) => ({ ...old, state: 'connecting' }))
        clearTimeout(retry)
        retry = setTimeout(connect, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)])
      }
      const subscription = api.logs.tail.subscribe(
        {
          appid,
          ...(functionName ? { functionName } : {}),
          ...(level ? { level } : {}),
          ...(lastEventId ? { lastEventId } : {}),
        },
        {
          onStarted: () => {
            failures = 0
            setTail((old) => ({ ...old, state: 'live' }))
          },
          onData: ({ id, data }) => {
            lastEventId = id
            if (data.type === 'line') gust.push({ id, ...data.line })
            else lost += data.count
          },
          onError: again,
          onComplete: again,
        },
      )
      stop = () => subscription.unsubscribe()
    }
    connect()
    return () => {
      closed = true
      clearTimeout(retry)
      clearInterval(blow)
      stop()
    }
  }, [appid, functionName, level])
  return { ...tail, clear: () => setTail((old) => ({ ...old, lines: [], dropped: 0 })) }
}
