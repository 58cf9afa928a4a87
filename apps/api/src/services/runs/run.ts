import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { FunctionUnit, Invocation, RunEvent, RunResponse, RunTiming, Upstream } from '@lathe/shared'
import type { AsyncQueue } from '../../async-queue.ts'
import type { Context } from '../../context.ts'
import type { RuntimeChannel } from '../../control/runtime-channel.ts'
import { randomToken } from '../../hash.ts'
import { loadRun } from './load.ts'
import { BrokenAnswer, type ResponseReader, type Sendable, sendRequest } from './send-request.ts'

/** How long the runtime's record of the request is waited for; log lines come before it. */
const RECORD_MS = 2_000
/** How long lines of what the function left running are still shown. */
const LINGER_MS = 250
/** Events that may wait for the reader before more of an answer is read. */
const WAITING = 16

/** Where a run goes: to what serves the app, through the gateway, or to a runtime of its own. */
export interface RunTarget {
  channels: RuntimeChannel[]
  /** How long loading may take. */
  loadMs?: number
  upstream?: Upstream
}

/** One request to a function, with whatever is loaded for it, and what it says meanwhile. */
export class Run {
  #context: Context
  #name: string
  #appid: string
  /** Set where the answer is wanted while it comes. */
  #stream: AsyncQueue<RunEvent> | null
  #tell: (event: RunEvent) => void
  #signal: AbortSignal
  #runId = randomUUID()

  constructor(
    context: Context,
    name: string,
    appid: string,
    stream: AsyncQueue<RunEvent> | null,
    tell: (event: RunEvent) => void,
    signal: AbortSignal,
  ) {
    this.#context = context
    this.#name = name
    this.#appid = appid
    this.#stream = stream
    this.#tell = tell
    this.#signal = signal
  }

  #reader(): ResponseReader | undefined {
    const stream = this.#stream
    if (!stream) return undefined
    return {
      head: (head) => this.#tell({ type: 'head', head }),
      chunk: async (bytes) => {
        this.#tell({ type: 'chunk', data: bytes.toString('base64') })
        await stream.below(WAITING)
      },
    }
  }

  async perform(
    { channels, loadMs, upstream }: RunTarget,
    overlay: FunctionUnit[],
    request: Sendable,
    { wakeMs, compileMs }: { wakeMs: number; compileMs: number },
  ): Promise<void> {
    const recorded = Promise.withResolvers<Invocation>()
    const unsubscribe = this.#context.logs.subscribe(this.#appid, {
      line: (_id, line) => {
        if (line.runId === this.#runId) this.#tell({ type: 'log', line })
      },
      handled: (invocation) => {
        if (invocation.runId === this.#runId) recorded.resolve(invocation)
      },
    })
    const runToken = randomToken()
    try {
      const loading = performance.now()
      await loadRun(channels, { runId: this.#runId, runToken, name: this.#name, overlay }, loadMs)
      this.#signal.throwIfAborted()
      const target = { appid: this.#appid, name: this.#name, runToken, upstream }
      const loadedMs = compileMs + performance.now() - loading
      const options = { signal: this.#signal }
      const response = await sendRequest(this.#context, target, request, this.#signal, this.#reader()).catch(
        async (error: unknown) => {
          // Its last lines say why.
          if (error instanceof BrokenAnswer)
            await Promise.race([recorded.promise, delay(RECORD_MS, undefined, options)])
          throw error
        },
      )
      this.#tell({ type: 'response', response })
      const invocation = await Promise.race([recorded.promise, delay(RECORD_MS, undefined, options)])
      if (invocation && this.#stream) {
        this.#tell({ type: 'timing', timing: { wakeMs, loadMs: loadedMs, ...split(response, invocation) } })
      }
      await delay(LINGER_MS, undefined, options)
    } finally {
      unsubscribe()
      for (const channel of channels) channel.endRun(this.#runId)
    }
  }
}

/**
 * Where the time between sending the request and the end of its answer went. The runtime's figure covers the whole
 * handling: of a function that answers at once it ends before the first byte gets here, and the difference is the way.
 */
function split(
  { firstByteMs, durationMs }: RunResponse,
  handled: Invocation,
): Pick<RunTiming, 'gatewayMs' | 'functionMs' | 'transferMs'> {
  const isStreamed = handled.durationMs > firstByteMs
  return {
    gatewayMs: isStreamed ? null : firstByteMs - handled.durationMs,
    functionMs: isStreamed ? firstByteMs : handled.durationMs,
    transferMs: durationMs - firstByteMs,
  }
}
