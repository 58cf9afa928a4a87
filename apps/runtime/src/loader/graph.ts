import type { CodeUnit, RawLoadError } from '../bridge/protocol.ts'
import type { FunctionModule } from './function-module.ts'
import { type Handlers, handlersOf } from './handlers.ts'

/** A function in a graph: what it is allowed, and its handlers or why it has none. */
export interface Entry {
  unit: CodeUnit
  handlers: Handlers | null
  error: RawLoadError | null
}

/** One consistent set of functions. A request holds the graph it began with until it ends. */
export class Graph {
  readonly units: ReadonlyMap<string, CodeUnit>
  readonly modules = new Map<string, FunctionModule>()
  readonly entries = new Map<string, Entry>()
  /** Why the functions that are not `ready` failed. */
  readonly errors = new Map<string, RawLoadError>()
  /** Resolved paths, so that the longest match is looked for once per path. Bounded: paths come from outside. */
  readonly routes = new Map<string, { entry: Entry; rest: string } | null>()

  constructor(units: ReadonlyMap<string, CodeUnit>) {
    this.units = units
  }

  /** Called when all modules have been evaluated. */
  seal(): void {
    for (const [name, unit] of this.units) {
      const module = this.modules.get(name)
      const error = this.errors.get(name) ?? null
      this.entries.set(name, {
        unit,
        handlers: module?.ready && !error ? handlersOf(module.vm.namespace) : null,
        error,
      })
    }
  }
}

export const emptyGraph = () => new Graph(new Map())
