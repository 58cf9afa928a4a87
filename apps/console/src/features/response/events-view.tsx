import { useEffect, useRef, useState } from 'react'
import { type SseMessage, sseParser } from '../../data/post-event-source.ts'
import { t } from '../../i18n/i18n.ts'
import { formatClock } from '../../lib/format.ts'
import type { ResponseBody } from '../../stores/runs.ts'

interface Seen extends SseMessage {
  at: string
}

const SHOWN = 500

/** Server-sent events, each as it comes. */
export function EventsView({ body }: { body: ResponseBody }) {
  const [events, setEvents] = useState<Seen[]>([])
  const [older, setOlder] = useState(0)
  const reader = useRef<{ parts: Uint8Array[]; fed: number; feed: (bytes: Uint8Array) => Seen[] } | null>(
    null,
  )
  useEffect(() => {
    if (reader.current?.parts !== body.parts) {
      reader.current = { parts: body.parts, fed: 0, feed: eventReader() }
      setEvents([])
      setOlder(0)
    }
    const { current } = reader
    const fresh = body.parts.slice(current.fed).flatMap(current.feed)
    current.fed = body.parts.length
    if (fresh.length === 0) return
    setEvents((all) => {
      const joined = all.concat(fresh)
      setOlder((n) => n + Math.max(0, joined.length - SHOWN))
      return joined.slice(-SHOWN)
    })
  }, [body])
  return (
    <ol
      role="log"
      aria-label={t('run.events')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
      tabIndex={0}
      className="min-h-0 grow overflow-auto px-3 pb-3 font-mono text-small leading-5 -outline-offset-2"
    >
      {older > 0 && <li className="text-subtle">{t('run.olderEvents', { n: older })}</li>}
      {events.map(({ at, event, id, data }, index) => (
        <li key={older + index} className="flex gap-3 border-b border-line py-1">
          <time dateTime={at} className="shrink-0 text-subtle tabular-nums">
            {formatClock(at)}
          </time>
          <span className="shrink-0 text-function">{event}</span>
          {id && <span className="shrink-0 text-subtle">#{id}</span>}
          <span className="min-w-0 break-words whitespace-pre-wrap">{data}</span>
        </li>
      ))}
    </ol>
  )
}

function eventReader(): (bytes: Uint8Array) => Seen[] {
  const decoder = new TextDecoder()
  let fresh: Seen[] = []
  const parse = sseParser((message) => fresh.push({ ...message, at: new Date().toISOString() }))
  return (bytes) => {
    fresh = []
    parse(decoder.decode(bytes, { stream: true }))
    return fresh
  }
}
