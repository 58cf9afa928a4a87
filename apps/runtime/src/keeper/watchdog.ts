import type { Debugger, Runtime } from 'node:inspector'
import { Session } from 'node:inspector'
import type { Current } from '../bridge/protocol.ts'
import { SHARED_CELLS } from '../bridge/shared-state.ts'

/** What was stopped, and where. */
export interface Stopped {
  current: Current | null
  /** `lathe-fn:<name>@<hash>:<line>:<column>` of the innermost frame that lies in a function; null when none is known. */
  place: string | null
  /** How long the main thread had been stuck, in milliseconds. */
  stuckMs: number
}

/** A heap that is nearly full, and who was running. */
export interface HeapFull {
  usedKb: number
  limitKb: number
  current: Current | null
  place: string | null
}

export interface WatchdogOptions {
  cells: Int32Array
  onStopped(stopped: Stopped): void
  /** The main thread does not recover: native code, or the process is broken. It has to be replaced. */
  onLost(stuckMs: number): void
  /** The main thread's heap is nearly full; the process ends when it is. */
  onHeapFull(full: HeapFull): void
}

const LOOK_MS = 50
/** A turn of the event loop may take this long before anybody asks what is going on. */
const SUSPICIOUS_MS = 400
/** How long code outside of any request may block, and code that cannot be identified. */
const UNKNOWN_LIMIT_MS = 10_000
/** Pausing needs the main thread to come by a check, which is soon in JavaScript and never in native code. */
const PAUSE_MS = 1_000
/** After a termination the process is given this long before it is replaced. */
const LOST_MS = 5_000
/** In native code, which no termination reaches: this much processor time, as a thread may have to wait for its turn. */
const LOST_NATIVE_CPU_MS = 200
/** Still stuck so long after a termination: once more. */
const AGAIN_MS = 60
/** Share of the heap's limit from which it counts as nearly full, and how long nothing more is said about it. */
const HEAP_FULL = 0.85
/**
 * From this share on, a stalled thread is asked whose code it runs: near the limit the collector leaves it no time to
 * answer.
 */
const HEAP_FILLING = 0.5
/** The process's memory is looked at, which needs no answer of the main thread, once it has been stuck for this long. */
const HEAP_STUCK_MS = LOOK_MS * 2
/** How long the report of a full heap waits to learn who runs. */
const HEAP_PAUSE_MS = 150
const HEAP_QUIET_MS = 60_000
/** From a pause between two microtasks the next one is this close. */
const STEP_MS = 300
/** Some of Node's own functions may come before one of the app's. */
const MAX_STEPS = 5
/** When a pause did not show whose code runs, the next one comes after this. */
const ANONYMOUS_MS = 70
/** Of so many runs that are over it is remembered that they are. */
const ENDED_RUNS = 50

/**
 * Watches the main thread from the keeper's. Code that blocks it past its limit is paused by the inspector (which
 * interrupts even `while (true) {}`), so that its place can be read, and then terminated. Termination unwinds whatever
 * runs, under callbacks of HTTP, timers, immediates and microtasks alike; the process runs without Node's checks of the
 * async hook stack, which such an unwinding leaves uneven (see runtime-args.ts).
 */
export class Watchdog {
  readonly #options: WatchdogOptions
  readonly #session = new Session()
  /** The function of main that says which request is being worked on. */
  #asker: string | null = null
  #turns = 0
  #since = Date.now()
  #nextLook = SUSPICIOUS_MS
  #busy = false
  #timer: NodeJS.Timeout | undefined
  #terminatedAt = 0
  /** The processor time at which native code has had its chance. */
  #lostAtCpu = Number.POSITIVE_INFINITY
  /** When the main thread was asked for the size of its heap and has not answered yet; null otherwise. */
  #askedAt: number | null = null
  #heapFullAt = 0
  /** Of the whole process when the main thread's event loop last turned: what it has grown by since is mostly heap. */
  #turnRss = process.memoryUsage.rss()
  #located = false
  /** Who and where, as far as pauses of this stall have shown. */
  #suspect: Current | null = null
  #place: string | null = null
  readonly #scripts = new Map<string, string>()
  readonly #ended = new Set<string>()
  /**
   * Turns to be seen until a run that ended is not what the main thread is stuck in: the first one that is seen may have
   * been before.
   */
  #turnsToEnd = 0
  #onPaused: ((event: Debugger.PausedEventDataType) => void) | null = null

  constructor(options: WatchdogOptions) {
    this.#options = options
  }

  /** @param global name of the global under which main has left its `current` function; main removes it afterwards */
  async start(global: string): Promise<void> {
    // A session does not keep a thread alive: without this, awaiting its first answer would end the keeper.
    this.#timer = setInterval(() => void this.#look(), LOOK_MS)
    this.#session.connectToMainThread()
    this.#session.on('Debugger.scriptParsed', ({ params }) => {
      if (params.url.startsWith('lathe-fn:')) this.#scripts.set(params.scriptId, params.url)
    })
    this.#session.on('Debugger.paused', ({ params }) => this.#onPaused?.(params))
    const { result } = await this.#post<Runtime.EvaluateReturnType>('Runtime.evaluate', {
      expression: `globalThis[${JSON.stringify(global)}]`,
    })
    this.#asker = result.objectId ?? null
    this.#since = Date.now()
  }

  /** Lets go of the main thread, which otherwise waits for it when it ends. */
  stop(): void {
    clearInterval(this.#timer)
    this.#asker = null
    this.#session.disconnect()
  }

  /** Nobody waits for a run any more: when it blocks the main thread, it has no time left. */
  ended(runId: string): void {
    this.#ended.add(runId)
    if (this.#ended.size > ENDED_RUNS) this.#ended.delete(this.#ended.values().next().value!)
    this.#turnsToEnd = 2
  }

  async #look(): Promise<void> {
    const now = Date.now()
    const turns = this.#options.cells[SHARED_CELLS.turns]!
    const share = heapShare(this.#options.cells)
    if (share > HEAP_FULL) void this.#heapFull(share)
    if (turns !== this.#turns) {
      this.#turnRss = process.memoryUsage.rss()
      this.#located = false
      this.#turns = turns
      this.#since = now
      this.#nextLook = this.#known() || SUSPICIOUS_MS
      this.#terminatedAt = 0
      this.#turnsToEnd = Math.max(0, this.#turnsToEnd - 1)
      this.#suspect = null
      this.#place = null
      return
    }
    if (this.#asker === null) return
    const stuckMs = now - this.#since
    if (stuckMs >= HEAP_STUCK_MS) await this.#lookAtHeap(now)
    if (this.#busy) return
    if (this.#terminatedAt > 0) {
      if (cpuNow() > this.#lostAtCpu || now - this.#terminatedAt > LOST_MS) this.#options.onLost(stuckMs)
      else if (stuckMs >= this.#nextLook) this.#again(stuckMs)
      return
    }
    this.#nextLook =
      this.#turnsToEnd > 0 ? SUSPICIOUS_MS : Math.max(SUSPICIOUS_MS, this.#known() || this.#nextLook)
    if (stuckMs < this.#nextLook) return
    this.#busy = true
    try {
      await this.#investigate()
    } finally {
      this.#busy = false
    }
  }

  /** A heap that is nearly full keeps the collector busy, and the main thread from saying so. */
  async #lookAtHeap(now: number): Promise<void> {
    void this.#measureHeap()
    const filling = this.#fillingShare()
    // Code that runs answers soon, a collector that finds nothing to collect does not.
    const silent = this.#askedAt !== null && now - this.#askedAt >= LOOK_MS
    if (silent && filling > HEAP_FULL) void this.#heapFull(filling)
    else if (!this.#located && !this.#busy && filling > HEAP_FILLING) await this.#locate()
  }

  /** An estimate that is had without the main thread. */
  #fillingShare(): number {
    const grownKb = (process.memoryUsage.rss() - this.#turnRss) / 1024
    return heapShare(this.#options.cells, grownKb)
  }

  /** Remembers who runs, and where. */
  async #locate(): Promise<void> {
    this.#located = true
    this.#busy = true
    try {
      const { event, found } = await this.#pause()
      this.#resume(event)
      this.#remember(event, found)
    } finally {
      this.#busy = false
    }
  }

  #remember(event: Debugger.PausedEventDataType | null, found: Current | null): void {
    // Between two callbacks nobody's code runs.
    if (found?.functionName) this.#suspect = found
    this.#place = (event && this.#placeOf(event)) ?? this.#place
  }

  async #measureHeap(): Promise<void> {
    if (this.#askedAt !== null) return
    this.#askedAt = Date.now()
    const usage = await this.#post<{ usedSize: number }>('Runtime.getHeapUsage').catch(() => null)
    this.#askedAt = null
    if (usage) this.#options.cells[SHARED_CELLS.heapUsedKb] = Math.round(usage.usedSize / 1024)
  }

  /** Says whose code fills the heap, while there is still someone to ask. */
  async #heapFull(share: number): Promise<void> {
    if (this.#asker === null || Date.now() - this.#heapFullAt < HEAP_QUIET_MS) return
    this.#heapFullAt = Date.now()
    // What is known now may be all that is ever known.
    if (!this.#located && !this.#busy) await within(this.#locate(), HEAP_PAUSE_MS)
    const limitKb = this.#options.cells[SHARED_CELLS.heapLimitKb]!
    this.#options.onHeapFull({
      usedKb: Math.min(share, 1) * limitKb,
      limitKb,
      current: this.#suspect,
      place: this.#place,
    })
  }

  /** The limit of a handler that was called and has not come back; 0 when something else runs. */
  #known(): number {
    return this.#options.cells[SHARED_CELLS.limitMs]!
  }

  async #pause(): Promise<{ event: Debugger.PausedEventDataType | null; found: Current | null }> {
    const paused = new Promise<Debugger.PausedEventDataType>((resolve) => {
      this.#onPaused = resolve
    })
    this.#send('Debugger.enable')
    this.#send('Debugger.pause')
    const event = await within(paused, PAUSE_MS)
    this.#onPaused = null
    return { event, found: event && (await within(this.#current(), PAUSE_MS)) }
  }

  /** Paused between two microtasks, in Node's own code: goes on into the function that comes next. */
  async #step(): Promise<Debugger.PausedEventDataType | null> {
    const paused = new Promise<Debugger.PausedEventDataType>((resolve) => {
      this.#onPaused = resolve
    })
    this.#send('Debugger.stepInto')
    const event = await within(paused, STEP_MS)
    this.#onPaused = null
    return event
  }

  #resume(event: Debugger.PausedEventDataType | null): void {
    if (event) this.#send('Debugger.resume')
    // Not left on: it keeps V8 from some of its optimisations.
    this.#send('Debugger.disable')
  }

  async #investigate(): Promise<void> {
    let { event, found } = await this.#pause()
    const paused = event !== null
    this.#remember(event, found)
    for (let steps = 0; event && this.#place === null && steps < MAX_STEPS; steps++) {
      event = await this.#step()
      this.#place = event && this.#placeOf(event)
    }
    const { current, place } = { current: this.#suspect, place: this.#place }
    const stuckMs = Date.now() - this.#since
    const isEnded = current?.runId != null && this.#ended.has(current.runId)
    if (current) this.#turnsToEnd = 0
    const left = isEnded ? 0 : limitOf(current, this.#since, this.#known()) - stuckMs
    if (left > 0) {
      // Between two callbacks nothing tells whose they are: soon again.
      this.#nextLook = stuckMs + (current ? left : Math.min(left, ANONYMOUS_MS))
    } else {
      this.#terminatedAt = Date.now()
      this.#lostAtCpu = paused ? Number.POSITIVE_INFINITY : cpuNow() + LOST_NATIVE_CPU_MS
      this.#nextLook = stuckMs + AGAIN_MS
      this.#send('Runtime.terminateExecution')
      this.#options.onStopped({ current, place, stuckMs })
    }
    this.#resume(event)
  }

  /** Ticks that schedule themselves outlive a termination, unless it hits them before they have done so. */
  #again(stuckMs: number): void {
    this.#nextLook = stuckMs + AGAIN_MS
    this.#send('Runtime.terminateExecution')
  }

  async #current(): Promise<Current | null> {
    const { result } = await this.#post<Runtime.CallFunctionOnReturnType>('Runtime.callFunctionOn', {
      objectId: this.#asker,
      functionDeclaration: 'function () { return this() }',
      returnByValue: true,
    })
    return (result.value as Current | undefined) ?? null
  }

  #placeOf({ callFrames }: Debugger.PausedEventDataType): string | null {
    for (const { location } of callFrames) {
      const url = this.#scripts.get(location.scriptId)
      if (url) return `${url}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1}`
    }
    return null
  }

  #send(method: string): void {
    this.#post(method).catch(() => {
      // E.g. a termination is under way already, or the pause is over.
    })
  }

  #post<T>(method: string, params: object = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#session.post(method, params, (error: Error | null, result?: object) =>
        error ? reject(error) : resolve(result as T),
      )
    })
  }
}

/** Milliseconds of processor time that the process has used. */
function cpuNow(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function heapShare(cells: Int32Array, grownKb = 0): number {
  const limit = cells[SHARED_CELLS.heapLimitKb]!
  return limit > 0 ? (cells[SHARED_CELLS.heapUsedKb]! + grownKb) / limit : 0
}

/** How long the main thread may be stuck in what it does now, in milliseconds since `since`. */
function limitOf(current: Current | null, since: number, known: number): number {
  if (current === null || current.timeoutMs === null) return known || UNKNOWN_LIMIT_MS
  if (current.startedAt === null) return Math.min(current.timeoutMs, UNKNOWN_LIMIT_MS)
  return Math.max(SUSPICIOUS_MS, current.startedAt + current.timeoutMs - since)
}

async function within<T>(work: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null)
  })
  try {
    return await Promise.race([work.catch(() => null), late])
  } finally {
    clearTimeout(timer)
  }
}
