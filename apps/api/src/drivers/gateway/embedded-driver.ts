import { EventEmitter, once } from 'node:events'
import { type GatewayDown, type GatewayUp, gatewayUpSchema, type Route } from '@lathe/shared'
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import { frameReader } from '../../control/frames.ts'
import type { GatewayDriver } from './gateway-driver.ts'

const APPLIED_MS = 5_000

interface Gateway {
  socket: WebSocket
  /** By `seq`: whom to tell when the gateway has applied it. */
  waiting: Map<number, () => void>
}

/** Our own data plane: any number of gateways, each on a WebSocket that it opened to the control socket. */
export class EmbeddedGatewayDriver implements GatewayDriver {
  readonly name = 'embedded'
  #routes: Map<string, Route> | null = null
  #connected = new Set<Gateway>()
  #seq = 0
  #log: Logger
  #events = new EventEmitter<{ 'upstream-down': [string, string]; wake: [string]; routed: [] }>()

  constructor(log: Logger) {
    this.#events.setMaxListeners(0) // as many wait for a gateway as there are apps that change
    this.#log = log.child({ part: 'gateway-driver' })
  }

  get gateways(): number {
    return this.#connected.size
  }

  open(routes: Route[]): void {
    this.#routes = new Map(routes.map((route) => [route.appid, route]))
    for (const gateway of this.#connected) void this.#sendAll(gateway)
  }

  setRoute(route: Route): Promise<void> {
    this.#routes?.set(route.appid, route)
    return this.#tell((seq) => ({ type: 'route', seq, route }))
  }

  removeRoute(appid: string): Promise<void> {
    this.#routes?.delete(appid)
    return this.#tell((seq) => ({ type: 'route-removed', seq, appid }))
  }

  timedOut(appid: string, requestId: string, functionName: string): Promise<void> {
    return this.#tell((seq) => ({ type: 'timed-out', seq, appid, requestId, functionName }))
  }

  onUpstreamDown(listener: (appid: string, instanceId: string) => void): void {
    this.#events.on('upstream-down', listener)
  }

  onWake(listener: (appid: string) => void): void {
    this.#events.on('wake', listener)
  }

  /** Takes over an authenticated connection. */
  attach(socket: WebSocket): void {
    const gateway: Gateway = { socket, waiting: new Map() }
    this.#connected.add(gateway)
    const leave = () => {
      this.#connected.delete(gateway)
      for (const done of gateway.waiting.values()) done() // it learns all routes when it comes back
      gateway.waiting.clear()
    }
    socket.on('close', leave)
    socket.on('error', (error) => this.#log.warn({ err: error }, 'gateway connection'))
    frameReader(socket, gatewayUpSchema, this.#log, (message) => this.#receive(gateway, message))
    if (this.#routes) void this.#sendAll(gateway)
  }

  /** Resolves when the first gateway to come knows all routes, or none has come in time. */
  async #firstToCome(): Promise<void> {
    await once(this.#events, 'routed', { signal: AbortSignal.timeout(APPLIED_MS) }).catch(() => {})
  }

  #receive(gateway: Gateway, message: GatewayUp): void {
    switch (message.type) {
      case 'applied':
        gateway.waiting.get(message.seq)?.()
        gateway.waiting.delete(message.seq)
        break
      case 'upstream-down':
        this.#events.emit('upstream-down', message.appid, message.instanceId)
        break
      case 'wake':
        this.#events.emit('wake', message.appid)
        break
      case 'hello':
      case 'heartbeat':
        break
    }
  }

  async #sendAll(gateway: Gateway): Promise<void> {
    const seq = ++this.#seq
    await this.#send(gateway, seq, { type: 'routes', seq, routes: [...this.#routes!.values()] })
    if (this.#connected.has(gateway)) this.#events.emit('routed')
  }

  async #tell(make: (seq: number) => GatewayDown): Promise<void> {
    if (!this.#routes) return // told with all others by open()
    // An api or a gateway that has just come up: a change is in force when the two have found one another.
    if (this.#connected.size === 0) return this.#firstToCome()
    const seq = ++this.#seq
    const message = make(seq)
    await Promise.all([...this.#connected].map((gateway) => this.#send(gateway, seq, message)))
  }

  /** A gateway that does not answer is cut off: it comes back and gets all routes, or it is dead. */
  #send(gateway: Gateway, seq: number, message: GatewayDown): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#log.warn({ seq }, 'a gateway did not apply a route in time: cutting it off')
        gateway.socket.terminate()
      }, APPLIED_MS)
      gateway.waiting.set(seq, () => {
        clearTimeout(timer)
        resolve()
      })
      gateway.socket.send(JSON.stringify(message))
    })
  }
}
