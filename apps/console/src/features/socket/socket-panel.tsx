import { useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, Dot, Plug, Unplug } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { inputLook } from '../../components/ui/field.tsx'
import { appQuery } from '../../data/apps.ts'
import { functionQuery } from '../../data/functions.ts'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatBytes, formatClock } from '../../lib/format.ts'
import { Compose } from './compose.tsx'
import { type SocketMessage, useSocket } from './use-socket.ts'

/** Where `__websocket__` is tried: a connection to what is live, as a visitor's. */
export function SocketPanel({ appid, name }: { appid: string; name: string }) {
  const app = useQuery(appQuery(appid))
  const fn = useQuery(functionQuery(appid, name))
  const [path, setPath] = useState('/')
  const { state, messages, connect, disconnect, send, clear } = useSocket()
  const isLive = (fn.data?.liveRevision ?? 0) > 0
  const base = (app.data?.url ?? '').replace(/^http/, 'ws')
  const open = () =>
    connect(`${base}${path.startsWith('/') ? path : `/${path}`}`, t('socket.opened'), (code, reason) =>
      t('socket.closed', {
        code: String(code),
        reason: reason || (code === 1006 ? t('socket.refused') : ''),
      }),
    )
  return (
    <aside aria-label={t('run.panel')} className="flex h-full flex-col bg-surface">
      <form
        className="flex flex-col gap-2 border-b border-line p-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (state === 'closed') open()
        }}
      >
        <span className="truncate font-mono text-small text-muted">{base}</span>
        <div className="flex gap-2">
          <input
            aria-label={t('socket.path')}
            value={path}
            spellCheck={false}
            autoComplete="off"
            onChange={(e) => setPath(e.target.value)}
            className={cx(inputLook, 'font-mono text-small')}
          />
          {state === 'closed' ? (
            <Button
              type="submit"
              look="solid"
              disabled={!isLive || !base}
              icon={<Plug size={13} aria-hidden />}
            >
              {t('socket.connect')}
            </Button>
          ) : (
            <Button
              busy={state === 'connecting'}
              icon={<Unplug size={13} aria-hidden />}
              onClick={disconnect}
            >
              {t('socket.disconnect')}
            </Button>
          )}
        </div>
        <p className="text-small text-subtle">{isLive ? t('socket.hint') : t('socket.notLive')}</p>
      </form>
      <Messages messages={messages} />
      <Compose isOpen={state === 'open'} isEmpty={messages.length === 0} onSend={send} onClear={clear} />
    </aside>
  )
}

function Messages({ messages }: { messages: SocketMessage[] }) {
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    const el = list.current
    if (el && messages.length > 0) el.scrollTop = el.scrollHeight
  }, [messages])
  return (
    <section aria-label={t('run.response')} className="flex min-h-0 grow flex-col">
      <ol
        ref={list}
        role="log"
        aria-label={t('socket.messages')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
        tabIndex={0}
        className="min-h-0 grow overflow-auto px-3 py-2 font-mono text-small leading-5 -outline-offset-2"
      >
        {messages.map((message) => (
          <li key={message.id} className="flex gap-2">
            <From from={message.from} />
            <time dateTime={message.at} className="shrink-0 text-subtle tabular-nums">
              {formatClock(message.at)}
            </time>
            <span
              className={cx(
                'min-w-0 break-words whitespace-pre-wrap',
                message.from === 'note' && 'font-sans text-muted',
              )}
            >
              {message.bytes ? hexOf(message.bytes) : message.text}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

function From({ from }: { from: SocketMessage['from'] }) {
  const look = 'mt-1 shrink-0'
  if (from === 'here')
    return <ArrowUp size={12} aria-label={t('socket.sent')} className={cx(look, 'text-accent')} />
  if (from === 'there') {
    return <ArrowDown size={12} aria-label={t('socket.received')} className={cx(look, 'text-ok')} />
  }
  return <Dot size={12} aria-hidden className={cx(look, 'text-subtle')} />
}

const SHOWN_BYTES = 64

function hexOf(bytes: Uint8Array): string {
  const start = Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(
    ' ',
  )
  return `${start}${bytes.length > SHOWN_BYTES ? ' …' : ''} (${formatBytes(bytes.length)})`
}
