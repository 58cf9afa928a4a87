import { getHeapStatistics } from 'node:v8'
import { SHARED_CELLS } from '../bridge/shared-state.ts'

const TURN_MS = 50
/** Heap statistics cost more than a counter: once in so many turns. */
const HEAP_TURNS = 4

/** The flag's limit: V8's own figure has the young generation on top, and is never reached. */
function heapLimitKb(): number {
  const flag = process.execArgv.find((arg) => arg.startsWith('--max-old-space-size='))
  return flag ? Number(flag.split('=')[1]) * 1024 : Math.round(getHeapStatistics().heap_size_limit / 1024)
}

/** Lets the keeper see that the main thread's event loop turns, how late it is, and how large its heap is. */
export function startPulse(cells: Int32Array): void {
  let last = performance.now()
  let turns = 0
  cells[SHARED_CELLS.heapLimitKb] = heapLimitKb()
  setInterval(() => {
    const now = performance.now()
    const late = Math.round(now - last - TURN_MS)
    last = now
    if (late > cells[SHARED_CELLS.delayMs]!) cells[SHARED_CELLS.delayMs] = late
    if (turns++ % HEAP_TURNS === 0) {
      cells[SHARED_CELLS.heapUsedKb] = Math.round(getHeapStatistics().used_heap_size / 1024)
    }
    cells[SHARED_CELLS.turns]!++
  }, TURN_MS).unref()
}
