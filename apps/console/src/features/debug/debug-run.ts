import { useDebug } from '../../stores/debug.ts'
import type { Measures } from '../../stores/measures.ts'
import { useRuns } from '../../stores/runs.ts'
import { runKey, startRun } from '../run/execute.ts'
import { ensureSession, send, stopSession, tellBreakpoints } from './session.ts'

/** Runs the draft in the debug runtime. A program that still stands at a breakpoint is given up. */
export async function debugDraft(appid: string, name: string): Promise<void> {
  if (useDebug.getState().state === 'paused') stopSession()
  try {
    await ensureSession(appid)
    await tellBreakpoints('all')
  } catch {
    return // the panel says why
  }
  await runInSession(appid, name)
}

/** Runs the draft in the debug runtime without stopping anywhere, and shows what ran and what took time. */
export async function measuredRun(
  appid: string,
  name: string,
  { coverage, profile }: Measures,
): Promise<void> {
  if (useDebug.getState().state === 'paused') stopSession()
  useDebug.setState({ counts: {}, times: {} })
  try {
    await ensureSession(appid)
    await tellBreakpoints('none')
    if (coverage) await send('Profiler.startPreciseCoverage', {})
    if (profile) await send('Profiler.start', {})
    await runInSession(appid, name)
    if (profile) {
      const { functions } = await send('Profiler.stop', {})
      useDebug.setState({ times: byFunction(functions) })
    }
    if (coverage) {
      const { functions } = await send('Profiler.takePreciseCoverage', {})
      useDebug.setState({ counts: byFunction(functions) })
      await send('Profiler.stopPreciseCoverage', {})
    }
  } catch {
    // The session is over; the panel says why.
  }
}

/** Resolves when the function's run is over. */
async function runInSession(appid: string, name: string): Promise<void> {
  const key = runKey(appid, name)
  useDebug.setState({ state: 'running', busy: true })
  await startRun(appid, name, 'draft', useDebug.getState().sessionId)
  await new Promise<void>((resolve) => {
    const look = () => {
      if (useRuns.getState().byFunction[key]?.state === 'running') return
      unsubscribe()
      resolve()
    }
    const unsubscribe = useRuns.subscribe(look)
    look()
  })
  useDebug.setState((s) => ({ busy: false, state: s.state === 'running' ? 'ready' : s.state }))
  // A run that was cancelled at a breakpoint leaves a program that stands: it ends with its session.
  const isCancelled = useRuns.getState().byFunction[key]?.state === 'cancelled'
  if (isCancelled && useDebug.getState().state === 'paused') stopSession()
}

/** A function may have been loaded twice, as a draft and as what is live: what ran counts. */
function byFunction<L extends [number, number, ...unknown[]]>(
  functions: { functionName: string; lines: L[] }[],
): Record<string, L[]> {
  const found: Record<string, L[]> = {}
  const sum = (lines: L[]) => lines.reduce((total, [, amount]) => total + amount, 0)
  for (const { functionName, lines } of functions) {
    const known = found[functionName]
    if (!known || sum(lines) > sum(known)) found[functionName] = lines
  }
  return found
}
