import type { CodeUnit } from '../bridge/protocol.ts'
import { invocationStorage } from '../observe/invocation-store.ts'
import { type ClosureNode, closureHashes, componentsInOrder } from './closure.ts'
import { evaluate } from './evaluate.ts'
import type { Externals } from './externals.ts'
import { FunctionModule, type ModuleHost } from './function-module.ts'
import { Graph } from './graph.ts'
import { link } from './link.ts'
import { externalError, loadError } from './load-error.ts'
import { functionOf } from './specifier.ts'

export interface LoaderOptions {
  appDir: string
  externals: Externals
  /** The graph that code outside of any request belongs to. */
  live(): Graph
  /** Top-level code may take any time: somebody may be looking at it in a debugger. */
  unhurried: boolean
}

/** Turns sets of compiled functions into graphs, keeping the module instances that a change does not touch. */
export class Loader {
  readonly #externals: Externals
  readonly #host: ModuleHost
  readonly #unhurried: boolean

  constructor({ appDir, externals, live, unhurried }: LoaderOptions) {
    this.#externals = externals
    this.#unhurried = unhurried
    this.#host = {
      appDir,
      resolve: (specifier) => externals.resolve(specifier),
      importDynamically: async (specifier, importer, attributes) => {
        const target = functionOf(specifier, importer)
        if (target === null) {
          return externals.import(specifier, attributes).catch((error) => {
            throw externalError(specifier, error)
          })
        }
        // A request's dynamic imports come from the graph that it began with, also when that is not live any more.
        const graph = invocationStorage.getStore()?.graph ?? live()
        const module = graph.modules.get(target)
        if (!module?.evaluated) {
          throw new Error(
            graph.errors.get(target)?.message ??
              `Cannot find function '${specifier}' imported from ${importer}`,
          )
        }
        await module.evaluated
        return module.vm.namespace
      },
    }
  }

  /**
   * Loads and evaluates beside whatever is live; never rejects, since what fails is said per function in the graph.
   * @param reuse the graph whose unchanged instances are kept
   * @param runId set when the output of top-level code belongs to a run
   */
  async load(
    units: ReadonlyMap<string, CodeUnit>,
    reuse: Graph,
    runId: string | null = null,
  ): Promise<Graph> {
    const graph = new Graph(units)
    const fresh = this.#instances(graph, reuse)
    if (fresh.length > 0) {
      await link(graph, fresh, this.#externals)
      await evaluate(graph, fresh, runId, this.#unhurried)
    }
    graph.seal()
    return graph
  }

  /** Parses what is new and decides by closure hashes what can be kept. Returns the new ones, imports first. */
  #instances(graph: Graph, reuse: Graph): FunctionModule[] {
    const parsed = new Map<string, FunctionModule>()
    const nodes = new Map<string, ClosureNode>()
    for (const [name, unit] of graph.units) {
      const known = reuse.modules.get(name)
      let requests = known?.sha256 === unit.sha256 ? known.requests : null
      if (requests === null) {
        try {
          const module = new FunctionModule(unit, this.#host)
          parsed.set(name, module)
          requests = module.requests
        } catch (error) {
          graph.errors.set(name, loadError(name, error))
          requests = []
        }
      }
      const imports = requests.flatMap(({ target }) => (target === null ? [] : [target]))
      nodes.set(name, { name, sha256: unit.sha256, imports })
    }
    const components = componentsInOrder(nodes)
    const hashes = closureHashes(nodes, components)
    const fresh: FunctionModule[] = []
    for (const name of components.flat()) {
      if (graph.errors.has(name)) continue
      const key = hashes.get(name)!
      const known = reuse.modules.get(name)
      if (known?.ready && known.key === key) {
        graph.modules.set(name, known)
        continue
      }
      const module = parsed.get(name) ?? new FunctionModule(graph.units.get(name)!, this.#host)
      module.key = key
      graph.modules.set(name, module)
      fresh.push(module)
    }
    return fresh
  }
}
