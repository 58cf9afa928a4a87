import { AsyncLocalStorage } from 'node:async_hooks'
import type { CodeUnit } from '../bridge/protocol.ts'
import type { Graph } from '../loader/graph.ts'

/** What everything that happens on behalf of a request (or of a module's top level) belongs to. */
export interface InvocationStore {
  readonly graph: Graph
  readonly functionName: string
  readonly revision: number
  readonly requestId: string | null
  readonly runId: string | null
  /** The context of the request that is being handled; null at top level. */
  readonly ctx: object | null
  /** The request's exchange; null at top level. */
  readonly exchangeId: number | null
  readonly timeoutMs: number
  /** Milliseconds since the epoch; null at top level. */
  readonly startedAt: number | null
}

export const invocationStorage = new AsyncLocalStorage<InvocationStore>()

export function topLevelStore(graph: Graph, unit: CodeUnit, runId: string | null): InvocationStore {
  return {
    graph,
    functionName: unit.name,
    revision: unit.revision,
    requestId: null,
    runId,
    ctx: null,
    exchangeId: null,
    timeoutMs: unit.timeoutMs,
    startedAt: null,
  }
}
