import { useEffect, useRef, useState } from 'react'

export interface SocketMessage {
  id: number
  at: string
  /** `note`: the connection itself says it. */
  from: 'here' | 'there' | 'note'
  text: string
  /** Bytes, where it was no text. */
  bytes: Uint8Array | null
}

type State = 'closed' | 'connecting' | 'open'

const KEPT = 1_000

/** One WebSocket connection with what went over it; it closes with the component. */
export function useSocket() {
  const [state, setState] = useState<State>('closed')
  const [messages, setMessages] = useState<SocketMessage[]>([])
  const socket = useRef<WebSocket | null>(null)
  const last = useRef(0)
  useEffect(() => () => socket.current?.close(), [])

  const add = (from: SocketMessage['from'], text: string, bytes: Uint8Array | null = null) => {
    const message = { id: ++last.current, at: new Date().toISOString(), from, text, bytes }
    setMessages((all) => [...all, message].slice(-KEPT))
  }
  return {
    state,
    messages,
    clear: () => setMessages([]),
    /** @param opened @param closed what the list says of the connection; `closed` gets its code and reason */
    connect(url: string, opened: string, closed: (code: number, reason: string) => string) {
      socket.current?.close()
      const fresh = new WebSocket(url)
      fresh.binaryType = 'arraybuffer'
      socket.current = fresh
      setState('connecting')
      fresh.onopen = () => {
        setState('open')
        add('note', opened)
      }
      fresh.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) =>
        typeof data === 'string' ? add('there', data) : add('there', '', new Uint8Array(data))
      fresh.onclose = ({ code, reason }) => {
        add('note', closed(code, reason))
        if (socket.current === fresh) setState('closed')
      }
    },
    disconnect: () => socket.current?.close(1000),
    send(message: string | Uint8Array<ArrayBuffer>) {
      if (socket.current?.readyState !== WebSocket.OPEN) return
      socket.current.send(message)
      if (typeof message === 'string') add('here', message)
      else add('here', '', message)
    },
  }
}
