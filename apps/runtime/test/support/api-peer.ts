import { createServer, type Server } from 'node:http'
import {
  CONTROL_PATH_RUNTIME,
  type DebugCommand,
  type DebugMethod,
  type DebugPaused,
  type DebugResults,
  debugResultSchemas,
  type FunctionUnit,
  type Invocation,
  type LogLine,
  type RuntimeDown,
  type RuntimeUp,
  runtimeUpSchema,
} from '@lathe/shared'
import { type WebSocket, WebSocketServer } from 'ws'

type Up<T extends RuntimeUp['type']> = Extract<RuntimeUp, { type: T }>

/** The api's end of the control channel: speaks the protocol, validates what it hears, and remembers it. */
export class ApiPeer {
  readonly received: RuntimeUp[] = []
  readonly lines: LogLine[] = []
  readonly invocations: Invocation[] = []
  dropped = 0
  connections = 0
  authorization: string | undefined
  functions: FunctionUnit[] = []
  env: Record<string, string> = {}
  /** Whether `hello` is answered with `sync` at once. */
  autoSync = true
  #server: Server | null = null
  #sockets: WebSocketServer | null = null
  #socket: WebSocket | null = null
  #waiting = new Set<() => void>()
  #commands = 0
  #pauses = 0
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  async listen(): Promise<void> {
    const server = createServer((_req, res) => res.writeHead(404).end())
    this.#server = server
    this.#sockets = new WebSocketServer({ server, path: CONTROL_PATH_RUNTIME, maxPayload: 1 << 26 })
    this.#sockets.on('connection', (socket, request) => {
      this.connections++
      this.authorization = request.headers.authorization
      this.#socket = socket
      socket.on('message', (data) => this.#hear(runtimeUpSchema.parse(JSON.parse(String(data)))))
      socket.on('error', () => {})
      this.#wake()
    })
    await new Promise<void>((resolve) => server.listen(this.path, resolve))
  }

  /** As if the api had been killed. */
  async close(): Promise<void> {
    for (const client of this.#sockets?.clients ?? []) client.terminate()
    this.#sockets?.close()
    await new Promise<void>((resolve) => {
      if (!this.#server?.listening) return resolve()
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  send(message: RuntimeDown): void {
    this.#socket!.send(JSON.stringify(message))
  }

  /** Sends what is no message of the protocol. */
  sendRaw(text: string): void {
    this.#socket!.send(text)
  }

  /** The first message of a type that satisfies the condition, also one that came before. */
  async message<T extends RuntimeUp['type']>(
    type: T,
    condition: (message: Up<T>) => boolean = () => true,
  ): Promise<Up<T>> {
    const find = () =>
      this.received.find((message) => message.type === type && condition(message as Up<T>)) as
        | Up<T>
        | undefined
    await this.until(() => find() !== undefined)
    return find()!
  }

  async line(condition: (line: LogLine) => boolean): Promise<LogLine> {
    await this.until(() => this.lines.some(condition))
    return this.lines.find(condition)!
  }

  async invocation(condition: (item: Invocation) => boolean): Promise<Invocation> {
    await this.until(() => this.invocations.some(condition))
    return this.invocations.find(condition)!
  }

  /** Settles as soon as the condition holds; looked at after every message. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  /** Publishes in two steps and resolves when the runtime answers `live`. Rejects when it cannot be loaded. */
  async publish(publishId: string, set: FunctionUnit[], removed: string[] = []): Promise<void> {
    this.send({ type: 'prepare', publishId, set, removed })
    const { errors } = await this.message('prepared', (m) => m.publishId === publishId)
    if (errors.length > 0) {
      this.send({ type: 'abort', publishId })
      throw new Error(errors[0]!.message)
    }
    this.send({ type: 'commit', publishId })
    await this.message('live', (m) => m.publishId === publishId)
  }

  /** Loads drafts for a run; returns the run's token. */
  async run(runId: string, name: string, overlay: FunctionUnit[]): Promise<string> {
    const runToken = `${runId}-`.padEnd(40, 'x')
    this.send({ type: 'run', runId, runToken, name, overlay })
    const ready = await this.message('run-ready', (m) => m.runId === runId)
    if (ready.errors.length > 0) throw new Error(ready.errors[0]!.message)
    return runToken
  }

  /** Sends a command to a debug runtime. Rejects with what it says. */
  async debug<M extends DebugMethod>(
    method: M,
    params: Extract<DebugCommand, { method: M }>['params'],
  ): Promise<DebugResults[M]> {
    const id = ++this.#commands
    this.send({ type: 'debug', id, command: { method, params } as DebugCommand })
    const { message } = await this.message('debug', (m) => m.message.kind !== 'event' && m.message.id === id)
    if (message.kind === 'error') throw new Error(message.message)
    if (message.kind === 'event') throw new Error('an event is no answer')
    return debugResultSchemas[method].parse(message.result) as DebugResults[M]
  }

  /** The next pause that was not taken yet. */
  async paused(): Promise<DebugPaused> {
    const pauses = () =>
      this.received.flatMap((m) =>
        m.type === 'debug' && m.message.kind === 'event' && m.message.event.type === 'paused'
          ? [m.message.event]
          : [],
      )
    await this.until(() => pauses().length > this.#pauses)
    return pauses()[this.#pauses++]!
  }

  #hear(message: RuntimeUp): void {
    this.received.push(message)
    if (message.type === 'hello' && this.autoSync) {
      this.send({ type: 'sync', functions: this.functions, env: this.env })
    }
    if (message.type === 'logs') {
      this.lines.push(...message.lines)
      this.dropped += message.dropped
    }
    if (message.type === 'invocations') this.invocations.push(...message.items)
    this.#wake()
  }

  #wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }
}
