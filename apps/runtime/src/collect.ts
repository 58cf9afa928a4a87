import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { SHARED_CELLS } from './bridge/shared-state.ts'

// Taken before it is closed to the app's code.
const setFlags = setFlagsFromString
const IDLE_MS = 3_000

/**
 * Collects this thread's garbage once, when nothing has been going on for a while. A start leaves nearly as much as it
 * keeps (README.md, Memory), and a thread that allocates nothing afterwards would never come to collect it.
 * @param cells see `bridge/shared-state.ts`
 */
export function collectOnceIdle(cells: Int32Array): void {
  let begun = -1
  const timer = setInterval(() => {
    const isIdle = cells[SHARED_CELLS.inFlight] === 0 && cells[SHARED_CELLS.begun] === begun
    begun = cells[SHARED_CELLS.begun]!
    if (!isIdle) return
    clearInterval(timer)
    collect()
  }, IDLE_MS)
  timer.unref()
}

/**
 * As an argument of `node`, `--expose-gc` would give the function to the app's code. The flag is the process's, and both
 * threads come here: it is not taken back.
 */
function collect(): void {
  setFlags('--expose-gc')
  const gc = runInNewContext("typeof gc === 'function' ? gc : null") as ((how: object) => void) | null
  gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
