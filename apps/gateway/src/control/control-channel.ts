import {
  CONTROL_PATH_GATEWAY,
  type GatewayDown,
  type GatewayUp,
  gatewayDownSchema,
  limits,
} from '@lathe/shared'
import type { Logger } from 'pino'
import { WebSocket } from 'ws'

const FIRST_RETRY_MS = 50
const LAST_RETRY_MS = 2_000
/** A connection on which nothing came for this long is taken for dead; the api answers our pings meanwhile. */
const SILENCE_MS = 3 * limits.heartbeatMs

export interface ControlOptions {
  socketPath: string
  token: string
  log: Logger
  /** Applies a message; when it returns, `applied` is said. */
  onMessage(message: GatewayDown): void
  /** Requests in flight, for the heartbeat. */
  inFlight(): number
}

/** The gateway's end of the control channel: connects, says what it is, reconnects for ever until it is closed. */
export class ControlChannel {
  readonly #options: ControlOptions
  #socket: WebSocket | null = null
  #retryMs = FIRST_RETRY_MS
  #retry: NodeJS.Timeout | null = null
  #closed = false

  constructor(options: ControlOptions) {
    this.#options = options
    this.#connect()
  }

  /** Says something if the api is there; these are hints, which the next `routes` makes good. */
  send(message: GatewayUp): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  close(): void {
    this.#closed = true
    if (this.#retry) clearTimeout(this.#retry)
    this.#socket?.terminate()
  }

  #connect(): void {
    const { socketPath, token, log } = this.#options
    const socket = new WebSocket(`ws+unix:${socketPath}:${CONTROL_PATH_GATEWAY}`, {
      headers: { authorization: `Bearer ${token}` },
      maxPayload: limits.controlMessageBytes,
      handshakeTimeout: 5_000,
      perMessageDeflate: false,
    })
    this.#socket = socket
    let heardAt = Date.now()
    const heartbeat = setInterval(() => {
      if (Date.now() - heardAt > SILENCE_MS) socket.terminate()
      if (socket.readyState !== WebSocket.OPEN) return
      socket.ping()
      this.send({
        type: 'heartbeat',
        rssBytes: process.memoryUsage.rss(),
        inFlight: this.#options.inFlight(),
      })
    }, limits.heartbeatMs)
    socket
      .on('open', () => {
        log.info('control channel open')
        this.send({ type: 'hello', pid: process.pid })
      })
      .on('pong', () => {
        heardAt = Date.now()
      })
      .on('message', (data, isBinary) => {
        heardAt = Date.now()
        this.#retryMs = FIRST_RETRY_MS
        if (!isBinary) this.#receive(data.toString())
      })
      .on('error', (error) => log.debug({ err: error }, 'control channel failed'))
      .on('close', () => {
        clearInterval(heartbeat)
        this.#reconnect()
      })
  }

  #receive(text: string): void {
    const { log, onMessage } = this.#options
    const message = gatewayDownSchema.safeParse(parseJson(text))
    if (!message.success) {
      log.error({ issues: message.error.issues }, 'control message refused')
      return
    }
    onMessage(message.data)
    this.send({ type: 'applied', seq: message.data.seq })
  }

  #reconnect(): void {
    if (this.#closed) return
    this.#retry = setTimeout(() => this.#connect(), this.#retryMs * (0.75 + Math.random() / 2))
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
