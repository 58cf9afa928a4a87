import { invocationStorage, topLevelStore } from '../observe/invocation-store.ts'
import type { FunctionModule } from './function-module.ts'
import type { Graph } from './graph.ts'
import { spreadFailures } from './link.ts'
import { loadError } from './load-error.ts'

/** How long a module's top level may await. */
const EVALUATION_LIMIT_MS = 10_000
/** How long it may block: all requests of the app wait meanwhile. */
const BLOCKING_LIMIT_MS = 3_000

/**
 * Runs the top level of new modules, imports first, all at once where they await. Output is attributed to the function
 * whose top level wrote it.
 * @param unhurried without limits of time
 */
export async function evaluate(
  graph: Graph,
  fresh: readonly FunctionModule[],
  runId: string | null,
  unhurried: boolean,
): Promise<void> {
  const started: [FunctionModule, Promise<void>][] = []
  for (const module of fresh) {
    spreadFailures(graph, [module])
    if (graph.errors.has(module.name)) continue
    const store = topLevelStore(graph, graph.units.get(module.name)!, runId)
    module.evaluated = invocationStorage.run(store, () =>
      module.vm.evaluate(unhurried ? {} : { timeout: BLOCKING_LIMIT_MS }),
    )
    // Awaited below, but only after the others have been started.
    module.evaluated.catch(() => {})
    started.push([module, module.evaluated])
  }
  await Promise.all(
    started.map(async ([module, evaluated]) => {
      try {
        await (unhurried ? evaluated : withLimit(evaluated))
        module.ready = true
      } catch (error) {
        if (!graph.errors.has(module.name)) graph.errors.set(module.name, blame(graph, module, error))
      }
    }),
  )
  spreadFailures(graph, fresh)
  // An instance above a broken one never ran to its end, so that it must not be kept.
  for (const module of fresh) if (graph.errors.has(module.name)) module.ready = false
}

function blame(graph: Graph, module: FunctionModule, error: unknown) {
  if ((error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
    return loadError(module.name, new Error(`top-level code ran for more than ${BLOCKING_LIMIT_MS / 1000} s`))
  }
  // V8 gives an importer the very error of what it imports: name the module where it happened.
  const culprit = module.requests.find(
    ({ target }) => target !== null && graph.modules.get(target)?.vm.status === 'errored',
  )
  return culprit
    ? loadError(module.name, new Error(`Cannot load ${culprit.target}: ${loadError('', error).message}`))
    : loadError(module.name, error)
}

async function withLimit(evaluated: Promise<void>): Promise<void> {
  const limit = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => limit.reject(new Error(`top-level await did not settle within ${EVALUATION_LIMIT_MS / 1000} s`)),
    EVALUATION_LIMIT_MS,
  )
  try {
    await Promise.race([evaluated, limit.promise])
  } finally {
    clearTimeout(timer)
  }
}
