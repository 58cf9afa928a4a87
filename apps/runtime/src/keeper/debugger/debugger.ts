import type { Profiler, Runtime, Debugger as V8 } from 'node:inspector'
import type { DebugCommand, DebugEvent, DebugResults, DebugUp, FunctionUnit, LineCounts } from '@lathe/shared'
import { MODULE_ID, moduleId } from '../../bridge/protocol.ts'
import { SHARED_CELLS } from '../../bridge/shared-state.ts'
import type { SourceMaps } from '../source-maps.ts'
import { Breakpoints } from './breakpoints.ts'
import { isInTry } from './in-try.ts'
import { Inspector } from './inspector.ts'
import { lineCounts, lineTimes } from './measuring.ts'
import { type FrameContext, pausedEvent } from './paused.ts'
import { debugProperties, debugValue, lengthOf, type Properties, SHOWN_PROPERTIES } from './values.ts'

/** Everything but functions: Node, packages, and Lathe itself. */
const BLACKBOX = ['^(?!lathe-fn:)']
const ASYNC_DEPTH = 16
/** How long an expression that a person evaluates may run. */
const EVALUATION_MS = 3_000
/** How often a wish to pause is repeated. */
const ASKING_MS = 100
/** So many places in a row that no line of the source stands for are stepped over. */
const UNMAPPED_STEPS = 50
const SAMPLING_MICROSECONDS = 200
/** Objects handed out since the last pause, to open them again; they are released when the program goes on. */
const OBJECTS = 'lathe-debug'

export interface DebuggerOptions {
  maps: SourceMaps
  cells: Int32Array
  send(message: DebugUp): void
}

/**
 * The debug bridge: turns the allowed commands into Chrome DevTools Protocol on the main thread, and its places into
 * TypeScript. It stands in debug runtimes only, in place of the watchdog: who looks at a paused program is in no hurry.
 */
export class Debugger {
  readonly #inspector = new Inspector()
  readonly #breakpoints: Breakpoints
  readonly #options: DebuggerOptions
  /** Modules of functions, by script. */
  readonly #scripts = new Map<string, string>()
  /** How many elements arrays have that were handed out. */
  readonly #lengths = new Map<string, number>()
  /** Frames of functions of this pause: nobody may look into others. */
  readonly #frames = new Set<string>()
  #pausedAt = 0
  #unmapped = 0
  #stepping = false
  #onlyUncaught = false
  #keepAlive: NodeJS.Timeout | undefined
  #asking: NodeJS.Timeout | undefined
  #loading: Promise<void> = Promise.resolve()

  constructor(options: DebuggerOptions) {
    this.#options = options
    this.#breakpoints = new Breakpoints(this.#inspector, options.maps)
  }

  /** To be called before any function is loaded. */
  async start(): Promise<void> {
    // A session does not keep a thread alive.
    this.#keepAlive = setInterval(() => {}, 60_000)
    const inspector = this.#inspector
    inspector.connect()
    inspector.on<V8.ScriptParsedEventDataType>('Debugger.scriptParsed', ({ scriptId, url }) => {
      if (MODULE_ID.test(url)) this.#scripts.set(scriptId, url)
    })
    inspector.on<V8.BreakpointResolvedEventDataType>('Debugger.breakpointResolved', (resolved) => {
      if (this.#breakpoints.resolved(resolved.breakpointId, resolved.location)) this.#tellBreakpoints()
    })
    inspector.on<V8.PausedEventDataType>('Debugger.paused', (event) => {
      this.#paused(event).catch((error) => process.stderr.write(`A pause could not be shown: ${error}\n`))
    })
    await inspector.post('Debugger.enable')
    await inspector.post('Debugger.setBlackboxPatterns', { patterns: BLACKBOX, skipAnonymous: true })
    await inspector.post('Debugger.setAsyncCallStackDepth', { maxDepth: ASYNC_DEPTH })
    await inspector.post('Profiler.enable')
  }

  stop(): void {
    clearInterval(this.#keepAlive)
    clearInterval(this.#asking)
    this.#inspector.disconnect()
  }

  /** These are about to be loaded. Resolves when breakpoints stand in them. */
  loading(units: readonly FunctionUnit[]): Promise<void> {
    const modules = new Map(units.map((unit) => [unit.name, moduleId(unit.name, unit.sha256)]))
    return this.#inTurn(async () => {
      await this.#breakpoints.loading(modules)
      this.#tellBreakpoints()
    })
  }

  /** Answers every command by `result` or `error`. */
  async handle(id: number, command: DebugCommand): Promise<void> {
    const { send } = this.#options
    try {
      send({ kind: 'result', id, result: await this.#obey(command) })
    } catch (error) {
      send({ kind: 'error', id, message: error instanceof Error ? error.message : String(error) })
    }
  }

  async #obey(command: DebugCommand): Promise<DebugResults[DebugCommand['method']]> {
    const inspector = this.#inspector
    switch (command.method) {
      case 'Lathe.setBreakpoints':
        await this.#inTurn(() => this.#breakpoints.want(command.params.breakpoints))
        return { breakpoints: this.#breakpoints.state() }
      case 'Debugger.resume':
      case 'Debugger.stepOver':
      case 'Debugger.stepInto':
      case 'Debugger.stepOut':
        this.#unmapped = 0
        await this.#leave(command.method)
        return {}
      case 'Debugger.restartFrame':
        await this.#leave(command.method, { ...this.#framed(command.params), mode: 'StepInto' })
        return {}
      case 'Debugger.evaluateOnCallFrame':
        return this.#evaluate(command.params)
      case 'Runtime.getProperties':
        return this.#properties(command.params.objectId)
      case 'Debugger.setPauseOnExceptions': {
        // V8 would take every error for caught, since Lathe catches what functions throw.
        const { state } = command.params
        this.#onlyUncaught = state === 'uncaught'
        await inspector.post(command.method, { state: state === 'none' ? 'none' : 'all' })
        return {}
      }
      case 'Debugger.pause':
        await this.#askToPause()
        return {}
      case 'Profiler.startPreciseCoverage':
        await inspector.post(command.method, { callCount: true, detailed: true })
        return {}
      case 'Profiler.takePreciseCoverage':
        return { functions: await this.#coverage() }
      case 'Profiler.stopPreciseCoverage':
        await inspector.post(command.method)
        return {}
      case 'Profiler.start':
        await inspector.post('Profiler.setSamplingInterval', { interval: SAMPLING_MICROSECONDS })
        await inspector.post(command.method)
        return {}
      case 'Profiler.stop': {
        const { profile } = await inspector.post<Profiler.StopReturnType>(command.method)
        const sampledMs = (profile.timeDeltas ?? []).reduce((sum, delta) => sum + delta, 0) / 1000
        return { functions: lineTimes(profile, this.#options.maps), sampledMs }
      }
    }
  }

  /** V8 forgets a wish to pause when the next code is none of a function: it is said until one stands. */
  async #askToPause(): Promise<void> {
    clearInterval(this.#asking)
    this.#asking = setInterval(() => void this.#inspector.post('Debugger.pause').catch(() => {}), ASKING_MS)
    await this.#inspector.post('Debugger.pause')
  }

  async #coverage(): Promise<LineCounts[]> {
    const { result } = await this.#inspector.post<Profiler.TakePreciseCoverageReturnType>(
      'Profiler.takePreciseCoverage',
    )
    const functions = result.filter(({ url }) => MODULE_ID.test(url))
    return Promise.all(
      functions.map(async (script) =>
        lineCounts(script, await this.#source(script.scriptId), this.#options.maps),
      ),
    )
  }

  async #evaluate(params: {
    callFrameId: string
    expression: string
    throwOnSideEffect?: boolean | undefined
  }): Promise<DebugResults['Debugger.evaluateOnCallFrame']> {
    const { result, exceptionDetails } = await this.#inspector.post<V8.EvaluateOnCallFrameReturnType>(
      'Debugger.evaluateOnCallFrame',
      {
        ...this.#framed(params),
        expression: params.expression,
        throwOnSideEffect: params.throwOnSideEffect ?? false,
        timeout: EVALUATION_MS,
        objectGroup: OBJECTS,
        generatePreview: true,
        silent: true,
        // `require` and the like, which reach around what is closed to functions.
        includeCommandLineAPI: false,
      },
    )
    return { value: this.#value(result), thrown: exceptionDetails !== undefined }
  }

  async #properties(objectId: string): Promise<DebugResults['Runtime.getProperties']> {
    const length = this.#lengths.get(objectId)
    if (length === undefined) throw new Error('This value is gone: the program went on.')
    const found = await this.#inspector.post<Properties>('Runtime.getProperties', {
      objectId: length > SHOWN_PROPERTIES ? await this.#begin(objectId) : objectId,
      ownProperties: true,
      generatePreview: true,
    })
    const properties = debugProperties(found, (remote) => this.#value(remote))
    const shown = properties.slice(0, SHOWN_PROPERTIES)
    return {
      properties: shown,
      more: Math.max(0, length - SHOWN_PROPERTIES) + properties.length - shown.length,
    }
  }

  /** The first elements of a long array: V8 would hand over all of them. */
  async #begin(objectId: string): Promise<string> {
    const { result } = await this.#inspector.post<Runtime.CallFunctionOnReturnType>(
      'Runtime.callFunctionOn',
      {
        objectId,
        functionDeclaration: 'function (n) { return Array.prototype.slice.call(this, 0, n) }',
        arguments: [{ value: SHOWN_PROPERTIES }],
        objectGroup: OBJECTS,
      },
    )
    return result.objectId ?? objectId
  }

  /** @throws Error for a frame that was not handed out in this pause */
  #framed({ callFrameId }: { callFrameId: string }): { callFrameId: string } {
    if (!this.#frames.has(callFrameId)) throw new Error('This frame is gone: the program went on.')
    return { callFrameId }
  }

  #value(remote: Runtime.RemoteObject) {
    if (remote.objectId) this.#lengths.set(remote.objectId, lengthOf(remote))
    return debugValue(remote, (text) => this.#options.maps.text(text))
  }

  async #paused(event: V8.PausedEventDataType): Promise<void> {
    this.#pausedAt = Date.now()
    const thrown = event.reason === 'exception' || event.reason === 'promiseRejection'
    if (thrown && this.#onlyUncaught && (await this.#isCaught(event))) {
      await this.#leave('Debugger.resume')
      return
    }
    const context: FrameContext = {
      moduleOf: (scriptId) => this.#scripts.get(scriptId),
      maps: this.#options.maps,
      value: (remote) => this.#value(remote),
    }
    const { paused, mapped } = pausedEvent(event, this.#stepping, context)
    const first = paused.frames[0]
    if (!first || (!mapped && this.#unmapped++ < UNMAPPED_STEPS)) {
      await this.#leave(first ? 'Debugger.stepOver' : 'Debugger.resume')
      return
    }
    clearInterval(this.#asking)
    this.#frames.clear()
    for (const frame of paused.frames) {
      this.#frames.add(frame.callFrameId)
      for (const { objectId } of frame.scopes) this.#lengths.set(objectId, 0)
    }
    this.#say(paused)
  }

  /** Whether a function on the stack, or one that awaits it, has a `catch` for it. */
  async #isCaught({ callFrames, asyncStackTrace }: V8.PausedEventDataType): Promise<boolean> {
    const places = callFrames.map(({ location }) => location)
    for (let trace = asyncStackTrace; trace; trace = trace.parent) places.push(...trace.callFrames)
    for (const { scriptId, lineNumber, columnNumber = 0 } of places) {
      if (this.#scripts.has(scriptId) && isInTry(await this.#source(scriptId), lineNumber, columnNumber)) {
        return true
      }
    }
    return false
  }

  async #source(scriptId: string): Promise<string> {
    const { scriptSource } = await this.#inspector.post<V8.GetScriptSourceReturnType>(
      'Debugger.getScriptSource',
      { scriptId },
    )
    return scriptSource
  }

  /** Lets the program go on. What the pause took does not count towards anybody's time limit. */
  async #leave(method: string, params: object = {}): Promise<void> {
    if (this.#pausedAt === 0) throw new Error('The program is not paused.')
    Atomics.add(this.#options.cells, SHARED_CELLS.pausedMs, Date.now() - this.#pausedAt)
    this.#pausedAt = 0
    this.#stepping = method !== 'Debugger.resume'
    this.#frames.clear()
    this.#lengths.clear()
    this.#say({ type: 'resumed' })
    this.#inspector.post('Runtime.releaseObjectGroup', { objectGroup: OBJECTS }).catch(() => {})
    await this.#inspector.post(method, params)
  }

  #tellBreakpoints(): void {
    this.#say({ type: 'breakpoints', breakpoints: this.#breakpoints.state() })
  }

  #say(event: DebugEvent): void {
    this.#options.send({ kind: 'event', event })
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#loading.then(work)
    this.#loading = done.catch(() => {})
    return done
  }
}
