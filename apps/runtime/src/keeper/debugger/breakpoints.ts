import type { Debugger as V8Debugger } from 'node:inspector'
import { Script } from 'node:vm'
import type { BoundBreakpoint, Breakpoint } from '@lathe/shared'
import type { SourceMaps } from '../source-maps.ts'
import type { Inspector } from './inspector.ts'

interface Binding {
  breakpointId: string
  moduleId: string
  condition: string | undefined
  boundLine: number | null
}

/**
 * Breakpoints at lines of TypeScript, kept at the places of the newest code of each function. V8 knows no source maps: a
 * line is translated when its code becomes known, before it is loaded, so that also top-level code stops.
 */
export class Breakpoints {
  readonly #inspector: Inspector
  readonly #maps: SourceMaps
  #wanted: readonly Breakpoint[] = []
  /** Conditions that cannot be read: V8 would take them for never true. */
  readonly #problems = new Map<Breakpoint, string>()
  /** By function: the module that holds its newest code. */
  readonly #modules = new Map<string, string>()
  /** By place in compiled code. */
  readonly #bindings = new Map<string, Binding>()
  readonly #byId = new Map<string, Binding>()

  constructor(inspector: Inspector, maps: SourceMaps) {
    this.#inspector = inspector
    this.#maps = maps
  }

  async want(breakpoints: readonly Breakpoint[]): Promise<void> {
    this.#problems.clear()
    for (const one of breakpoints) {
      const condition = conditionOf(one)
      const problem = condition === undefined ? null : syntaxError(condition)
      if (problem !== null) this.#problems.set(one, problem)
    }
    this.#wanted = breakpoints
    await this.#bind()
  }

  /** @param modules ids of modules by function name */
  async loading(modules: ReadonlyMap<string, string>): Promise<void> {
    for (const [name, id] of modules) this.#modules.set(name, id)
    await this.#bind()
  }

  /** @returns whether it is one of ours */
  resolved(breakpointId: string, location: V8Debugger.Location): boolean {
    const binding = this.#byId.get(breakpointId)
    if (binding) binding.boundLine = this.#lineOf(binding.moduleId, location)
    return binding !== undefined
  }

  state(): BoundBreakpoint[] {
    return this.#wanted.map((one) => {
      const place = this.#place(one)
      const binding = place && this.#bindings.get(place.key)
      const { functionName, line } = one
      const problem = this.#problems.get(one)
      return {
        functionName,
        line,
        boundLine: binding?.boundLine ?? null,
        ...(problem === undefined ? {} : { problem }),
      }
    })
  }

  async #bind(): Promise<void> {
    const places = new Map<string, Place>()
    for (const one of this.#wanted) {
      const place = this.#place(one)
      // Two lines may come to stand at one place: the first of them counts.
      if (place && !places.has(place.key)) places.set(place.key, place)
    }
    for (const [key, { breakpointId, condition }] of this.#bindings) {
      const place = places.get(key)
      if (place && place.condition === condition) continue
      this.#bindings.delete(key)
      this.#byId.delete(breakpointId)
      await this.#inspector.post('Debugger.removeBreakpoint', { breakpointId })
    }
    for (const [key, place] of places) {
      if (this.#bindings.has(key)) continue
      const binding = await this.#set(place)
      this.#bindings.set(key, binding)
      this.#byId.set(binding.breakpointId, binding)
    }
  }

  async #set({ moduleId, lineNumber, columnNumber, condition }: Place): Promise<Binding> {
    const { breakpointId, locations } = await this.#inspector.post<V8Debugger.SetBreakpointByUrlReturnType>(
      'Debugger.setBreakpointByUrl',
      {
        url: moduleId,
        lineNumber,
        columnNumber,
        ...(condition === undefined ? {} : { condition }),
      },
    )
    const [location] = locations
    const boundLine = location ? this.#lineOf(moduleId, location) : null
    return { breakpointId, moduleId, condition, boundLine }
  }

  #place(one: Breakpoint): Place | null {
    const moduleId = this.#modules.get(one.functionName)
    const found = moduleId === undefined ? null : this.#maps.compiledPlace(moduleId, one.line)
    if (moduleId === undefined || found === null) return null
    const key = `${moduleId}:${found.lineNumber}:${found.columnNumber}`
    return { key, moduleId, ...found, condition: conditionOf(one) }
  }

  #lineOf(moduleId: string, { lineNumber, columnNumber = 0 }: V8Debugger.Location): number | null {
    return this.#maps.sourcePlace(moduleId, lineNumber, columnNumber)?.line ?? null
  }
}

interface Place {
  key: string
  moduleId: string
  lineNumber: number
  columnNumber: number
  condition: string | undefined
}

/** Only read, never run: this is the keeper's thread. */
function syntaxError(expression: string): string | null {
  try {
    new Script(`(${expression}\n)`)
    return null
  } catch (error) {
    return String(error).slice(0, 1_000)
  }
}

/** A logpoint is a condition that writes and is never true. */
function conditionOf({ condition, logMessage }: Breakpoint): string | undefined {
  if (logMessage === undefined) return condition
  const write = `console.log(${logArguments(logMessage).join(', ')})`
  return condition === undefined ? `(${write}, false)` : `((${condition}) && ${write}, false)`
}

/** `total {order.price} EUR` becomes `"total", (order.price), "EUR"`. */
export function logArguments(message: string): string[] {
  return message
    .split(/\{([^{}]+)\}/)
    .map((part, index) => (index % 2 === 1 ? `(${part})` : part.trim() && JSON.stringify(part.trim())))
    .filter((part) => part !== '')
}
