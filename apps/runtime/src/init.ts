import type { Graph } from './loader/graph.ts'
import { invocationStorage, topLevelStore } from './observe/invocation-store.ts'
import type { Reporter } from './observe/reporter.ts'
import { describeThrown, stackText } from './observe/strays.ts'

const INIT_LIMIT_MS = 10_000

/**
 * Runs `__init__` before a graph in which it is new or changed goes live. A failing `__init__` is logged and holds
 * nothing up: the app's other functions may well work without it.
 */
export async function runInit(next: Graph, previous: Graph, reporter: Reporter): Promise<void> {
  const entry = next.entries.get('__init__')
  const main = entry?.handlers?.main
  if (!entry || !main) return
  if (next.modules.get('__init__') === previous.modules.get('__init__')) return
  const store = topLevelStore(next, entry.unit, null)
  await invocationStorage.run(store, async () => {
    const limit = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => limit.reject(new Error(`__init__ did not finish within ${INIT_LIMIT_MS / 1000} s`)),
      INIT_LIMIT_MS,
    )
    try {
      await Promise.race([
        main({ method: 'INIT', functionName: '__init__', __function_name: '__init__' } as never),
        limit.promise,
      ])
    } catch (thrown) {
      reporter.line('error', describeThrown(thrown), stackText(thrown))
    } finally {
      clearTimeout(timer)
    }
  })
}
