import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import {
  CONTROL_PATH_GATEWAY,
  type GatewayDown,
  type GatewayUp,
  gatewayUpSchema,
  type Route,
} from '@lathe/shared'
import { type WebSocket, WebSocketServer } from 'ws'
import { until } from './until.ts'

export const TOKEN = 'gateway-token-gateway-token-gateway-token'

/** The api's end of the control channel, speaking the shared protocol on a Unix socket. */
export class ControlPeer implements AsyncDisposable {
  readonly received: GatewayUp[] = []
  readonly authorizations: (string | undefined)[] = []
  readonly #server = createServer()
  readonly #sockets: WebSocket[] = []
  #seq = 0
  /** Sent on connect. */
  routes: Route[]

  private constructor(routes: Route[]) {
    this.routes = routes
    const wss = new WebSocketServer({ server: this.#server, path: CONTROL_PATH_GATEWAY })
    wss.on('connection', (socket: WebSocket, request: IncomingMessage) => {
      this.authorizations.push(request.headers.authorization)
      this.#sockets.push(socket)
      socket.on('message', (data) => {
        this.received.push(gatewayUpSchema.parse(JSON.parse(data.toString())))
      })
      this.#say({ type: 'routes', seq: ++this.#seq, routes: this.routes })
    })
  }

  static async start(path: string, routes: Route[] = []): Promise<ControlPeer> {
    const peer = new ControlPeer(routes)
    peer.#server.listen(path)
    await once(peer.#server, 'listening')
    return peer
  }

  /** Resolves when the gateway has applied the latest message. */
  async applied(): Promise<void> {
    await until(() => this.received.some((m) => m.type === 'applied' && m.seq === this.#seq))
  }

  async route(route: Route): Promise<void> {
    this.#say({ type: 'route', seq: ++this.#seq, route })
    await this.applied()
  }

  async remove(appid: string): Promise<void> {
    this.#say({ type: 'route-removed', seq: ++this.#seq, appid })
    await this.applied()
  }

  async timedOut(appid: string, requestId: string, functionName: string): Promise<void> {
    this.#say({ type: 'timed-out', seq: ++this.#seq, appid, requestId, functionName })
    await this.applied()
  }

  sayRaw(text: string): void {
    this.#sockets.at(-1)!.send(text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.terminate()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #say(message: GatewayDown): void {
    this.#sockets.at(-1)!.send(JSON.stringify(message))
  }
}
