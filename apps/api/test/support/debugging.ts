import type {
  DebugCommand,
  DebugMethod,
  DebugPaused,
  DebugResults,
  DebugSessionEvent,
  RunEvent,
} from '@lathe/shared'
import type { Client } from './client.ts'

type Of<T extends DebugSessionEvent['type']> = Extract<DebugSessionEvent, { type: T }>

/** A browser with a debug session open. */
export class Debugging {
  readonly events: DebugSessionEvent[] = []
  readonly over: Promise<void>
  sessionId = ''
  #api: Client
  #appid: string
  #leave = new AbortController()
  #changed = Promise.withResolvers<void>()
  #seen = 0

  private constructor(api: Client, appid: string) {
    this.#api = api
    this.#appid = appid
    this.over = this.#read()
    this.over.catch(() => {})
  }

  static async open(api: Client, appid: string): Promise<Debugging> {
    const debugging = new Debugging(api, appid)
    debugging.sessionId = (
      await Promise.race([debugging.next('started'), debugging.over.then(ended)])
    ).sessionId
    return debugging
  }

  async send<M extends DebugMethod>(
    method: M,
    params: Extract<DebugCommand, { method: M }>['params'],
  ): Promise<DebugResults[M]> {
    const { sessionId } = this
    const command = { method, params } as DebugCommand
    const appid = this.#appid
    return (await this.#api.call('debug.send', { appid, sessionId, command })) as DebugResults[M]
  }

  breakAt(...places: [functionName: string, line: number][]) {
    const breakpoints = places.map(([functionName, line]) => ({ functionName, line }))
    return this.send('Lathe.setBreakpoints', { breakpoints })
  }

  paused(): Promise<DebugPaused> {
    return this.next('paused')
  }

  /** The next event of a type that was not taken yet. */
  async next<T extends DebugSessionEvent['type']>(type: T): Promise<Of<T>> {
    for (;;) {
      for (; this.#seen < this.events.length; this.#seen++) {
        const event = this.events[this.#seen]!
        if (event.type !== type) continue
        this.#seen++
        return event as Of<T>
      }
      await this.#changed.promise
    }
  }

  async run(name: string, source?: string): Promise<RunEvent[]> {
    const events: RunEvent[] = []
    const input = { appid: this.#appid, name, source, debugSession: this.sessionId }
    for await (const event of this.#api.subscribe('runs.execute', input)) events.push(event as RunEvent)
    return events
  }

  /** As a tab that is closed. */
  async leave(): Promise<void> {
    this.#leave.abort()
    await this.over.catch(() => {})
  }

  async #read(): Promise<void> {
    const input = { appid: this.#appid }
    for await (const event of this.#api.subscribe('debug.session', input, this.#leave.signal)) {
      this.events.push(event as DebugSessionEvent)
      this.#changed.resolve()
      this.#changed = Promise.withResolvers()
    }
  }
}

function ended(): never {
  throw new Error('the session ended before it started')
}
