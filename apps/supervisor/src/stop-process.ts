import type { ChildProcess } from 'node:child_process'

/** Whether a child has ended. */
export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined
}

/** The kill ladder: ask with SIGTERM, SIGKILL after `graceMs`. Resolves when the process is gone. */
export async function stopProcess(child: ChildProcess, graceMs: number): Promise<void> {
  if (hasEnded(child)) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const last = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await gone
  clearTimeout(last)
}
