import type { Current } from '../bridge/protocol.ts'
import type { Exchange } from '../http/exchange.ts'
import { invocationStorage } from './invocation-store.ts'

const RUNNING_SHOWN = 10

/** Makes the function that tells the watchdog what runs right now. */
export function currentOf(inFlight: ReadonlyMap<number, Exchange>): () => Current {
  return () => {
    const store = invocationStorage.getStore()
    const running = new Set<string>()
    for (const exchange of inFlight.values()) {
      running.add(exchange.functionName)
      if (running.size === RUNNING_SHOWN) break
    }
    return {
      running: [...running],
      exchangeId: store?.exchangeId ?? null,
      functionName: store?.functionName ?? null,
      revision: store?.revision ?? null,
      requestId: store?.requestId ?? null,
      runId: store?.runId ?? null,
      timeoutMs: store?.timeoutMs ?? null,
      startedAt: store?.startedAt ?? null,
    }
  }
}
