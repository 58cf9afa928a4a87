import {
  type DebugCommand,
  type DebugEvent,
  type DebugResult,
  type DebugSessionEvent,
  debugResultSchemas,
} from '@lathe/shared'
import { AsyncQueue } from '../async-queue.ts'
import { ChannelLost } from '../control/runtime-channel.ts'
import { randomToken } from '../hash.ts'
import type { SideRuntime } from '../reconciler/side-runtimes.ts'
import { Refusal } from '../refusal.ts'

const ANSWER_MS = 15_000
/** A session that is used all the time ends, too: whoever is there starts another one. */
const MAX_MS = 4 * 3_600_000

type EndReason = Extract<DebugSessionEvent, { type: 'ended' }>['reason']

/**
 * One person's debug runtime. It lives as long as the browser reads its events, and at most until it was not used for the
 * idle limit; with it goes its process, paused or not.
 */
export class DebugSession implements AsyncDisposable {
  readonly id = randomToken()
  readonly userId: string
  readonly side: SideRuntime
  readonly events = new AsyncQueue<DebugSessionEvent>()
  /** Aborts the session's run when the session ends. */
  readonly ended: AbortSignal
  #over = new AbortController()
  #idleMs: number
  #idle: NodeJS.Timeout
  #max: NodeJS.Timeout
  #running = false

  constructor(side: SideRuntime, userId: string, idleMs: number) {
    this.side = side
    this.userId = userId
    this.ended = this.#over.signal
    this.#idleMs = idleMs
    this.#idle = setTimeout(() => this.#idleEnd(), idleMs)
    this.#max = setTimeout(
      () => this.#end('too-long', `The debug session ended: one may last ${MAX_MS / 3_600_000} hours.`),
      MAX_MS,
    )
    side.channel().onDebugEvent = (event: DebugEvent) => this.events.push(event)
    void side.exited.then(({ how }) =>
      this.#end('process', `The debug session ended: its runtime is gone (${how}).`),
    )
    this.events.push({ type: 'started', sessionId: this.id })
  }

  /** @throws Refusal RUNTIME_UNAVAILABLE, or INVALID_INPUT with what the runtime says of the command */
  async send(command: DebugCommand): Promise<DebugResult> {
    this.#used()
    const answer = await this.side
      .channel()
      .debug(command, ANSWER_MS)
      .catch((error: unknown) => {
        if (error instanceof ChannelLost)
          throw new Refusal('RUNTIME_UNAVAILABLE', 'The debug runtime did not answer.')
        throw error
      })
    if ('error' in answer) {
      const issues = [{ path: 'command', message: answer.error }]
      throw new Refusal('INVALID_INPUT', answer.error, { issues })
    }
    return debugResultSchemas[command.method].parse(answer.result)
  }

  /** Runs something in the debug runtime, which takes one request at a time. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running) {
      throw new Refusal('LIMIT_REACHED', 'This debug session is running a request already.', { limit: 1 })
    }
    this.#running = true
    try {
      this.#used()
      await this.side.refresh()
      return await work()
    } finally {
      this.#running = false
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#idle)
    clearTimeout(this.#max)
    this.#over.abort()
    this.events.end()
    await this.side[Symbol.asyncDispose]()
  }

  #used(): void {
    this.#idle.refresh()
  }

  #idleEnd(): void {
    const seconds = this.#idleMs / 1000
    const time = seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`
    this.#end('idle', `The debug session ended: nobody had used it for ${time}.`)
  }

  /** The reader of the events disposes of the session when they end. */
  #end(reason: EndReason, message: string): void {
    this.events.push({ type: 'ended', reason, message })
    this.#over.abort()
    this.events.end()
  }
}
