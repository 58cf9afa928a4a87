import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { CONTROL_PATH_GATEWAY, CONTROL_PATH_RUNTIME } from '@lathe/shared'
import type { Logger } from 'pino'
import { WebSocketServer } from 'ws'
import { bearerToken } from '../auth/bearer.ts'
import type { EmbeddedGatewayDriver } from '../drivers/gateway/embedded-driver.ts'
import { sameSecret, sha256 } from '../hash.ts'
import type { Mongo } from '../mongo/mongo.ts'
import type { RuntimeChannels } from './runtime-channels.ts'

/** The largest message from a runtime or a gateway; they send log batches and small answers. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024
const HANDSHAKE_MS = 5_000

export interface ControlServerParts {
  socketPath: string
  gatewayToken: string
  mongo: Mongo
  channels: RuntimeChannels
  gateway: EmbeddedGatewayDriver
  log: Logger
}

/**
 * The door for runtimes and gateways alone: WebSockets on a Unix socket of their own. A runtime's token was made for
 * one instance, and whatever the connection says counts for that instance and its app only.
 */
export class ControlServer implements AsyncDisposable {
  #parts: ControlServerParts
  #server: Server
  #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  })

  private constructor(parts: ControlServerParts) {
    this.#parts = parts
    this.#server = createServer({ headersTimeout: HANDSHAKE_MS }, (_request, response) => {
      response.writeHead(426, { connection: 'close' }).end()
    })
    this.#server.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head))
  }

  static async listen(parts: ControlServerParts): Promise<ControlServer> {
    const control = new ControlServer(parts)
    await rm(parts.socketPath, { force: true }) // left by an api that was killed
    await new Promise<void>((resolve, reject) => {
      control.#server.once('error', reject).listen(parts.socketPath, resolve)
    })
    return control
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy())
    try {
      const accept = await this.#authenticate(request)
      if (!accept) return void socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n')
      this.#sockets.handleUpgrade(request, socket, head, accept)
    } catch (error) {
      this.#parts.log.error({ err: error }, 'control connection not accepted')
      socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n')
    }
  }

  async #authenticate(request: IncomingMessage) {
    const { mongo, channels, gateway, gatewayToken } = this.#parts
    const token = bearerToken(request.headers.authorization)
    if (!token) return null
    if (request.url === CONTROL_PATH_GATEWAY) {
      if (!sameSecret(token, gatewayToken)) return null
      return gateway.attach.bind(gateway)
    }
    if (request.url !== CONTROL_PATH_RUNTIME) return null
    // Found by its hash: how long the look-up takes says nothing about the token.
    const runtime = await mongo.runtimes.findOne({ tokenHash: sha256(token) })
    if (!runtime) return null
    const identity = {
      appid: runtime.appid,
      instanceId: runtime._id,
      isNew: runtime.status === 'starting',
      isSide: runtime.side !== undefined,
    }
    return (webSocket: Parameters<RuntimeChannels['attach']>[0]) => channels.attach(webSocket, identity)
  }
}
