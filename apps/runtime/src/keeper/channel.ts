// Not by the index of `@lathe/shared`, which makes every schema of the platform: half of this thread's memory.
import {
  CONTROL_PATH_RUNTIME,
  type RuntimeDown,
  type RuntimeUp,
  runtimeDownSchema,
} from '@lathe/shared/control'
import { limits } from '@lathe/shared/limits'
import WebSocket from 'ws'

export interface ChannelOptions {
  controlSocket: string
  instanceToken: string
  onOpen(): void
  onMessage(message: RuntimeDown): void
  onClose(): void
  /** Something that the operator should see: a refused token, a message that is not understood. */
  onTrouble(text: string): void
}

const FIRST_DELAY_MS = 100
const LAST_DELAY_MS = 5_000
/** Without a sign of life for this long the connection is dead, whatever TCP says. */
const SILENCE_MS = 20_000
/** Above this many bytes waiting to be sent, batches wait in the bounded outboxes instead. */
const BACKLOG_BYTES = 4 * 1024 * 1024

/** The control channel as a client that always comes back: exponential backoff with full jitter. */
export class Channel {
  readonly #options: ChannelOptions
  #socket: WebSocket | null = null
  #failures = 0
  #closed = false
  #lastSeen = 0
  #refused = ''

  constructor(options: ChannelOptions) {
    this.#options = options
  }

  /** Connected, and not so far behind that more should wait. */
  get ready(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN && this.#socket.bufferedAmount < BACKLOG_BYTES
  }

  connect(): void {
    if (this.#closed) return
    const { controlSocket, instanceToken, onOpen, onMessage, onClose, onTrouble } = this.#options
    const socket = new WebSocket(`ws+unix:${controlSocket}:${CONTROL_PATH_RUNTIME}`, {
      headers: { authorization: `Bearer ${instanceToken}` },
      maxPayload: limits.controlMessageBytes,
      handshakeTimeout: 5_000,
      perMessageDeflate: false,
    })
    this.#socket = socket
    const alive = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN) return
      if (Date.now() - this.#lastSeen > SILENCE_MS) socket.terminate()
      else socket.ping()
    }, SILENCE_MS / 4)
    const seen = () => {
      this.#lastSeen = Date.now()
    }
    socket.on('open', () => {
      seen()
      this.#failures = 0
      this.#refused = ''
      onOpen()
    })
    socket.on('pong', seen)
    socket.on('ping', seen)
    socket.on('message', (data, isBinary) => {
      seen()
      const message = isBinary ? null : parse(String(data))
      if (message) onMessage(message)
      else onTrouble('A message of the control channel was not understood and ignored')
    })
    socket.on('error', (error) => {
      if (error.message.startsWith('Unexpected server response') && error.message !== this.#refused) {
        this.#refused = error.message
        onTrouble(`The control channel refuses this runtime: ${error.message}`)
      }
    })
    socket.on('close', () => {
      clearInterval(alive)
      this.#socket = null
      onClose()
      if (this.#closed) return
      const ceiling = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures++)
      setTimeout(() => this.connect(), Math.random() * ceiling)
    })
  }

  /** @returns false when there is no connection: the message is not sent */
  send(message: RuntimeUp): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(JSON.stringify(message))
    return true
  }

  /** Sends what is waiting, then closes for good. */
  close(): Promise<void> {
    this.#closed = true
    const socket = this.#socket
    if (!socket) return Promise.resolve()
    return new Promise((resolve) => {
      socket.once('close', () => resolve())
      socket.close(1000)
    })
  }
}

function parse(text: string): RuntimeDown | null {
  try {
    return runtimeDownSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
