import { fstatSync } from 'node:fs'
import { Socket } from 'node:net'

/**
 * Ends the process when the other end of its stdin is closed: its parent is dead. Watched here, because the app's code
 * shares the main thread and may well read or close `process.stdin`.
 */
export function endWithParent(): void {
  try {
    const stat = fstatSync(0)
    if (!stat.isFIFO() && !stat.isSocket()) return
  } catch {
    return
  }
  const stdin = new Socket({ fd: 0, readable: true, writable: false })
  const end = () => process.kill(process.pid, 'SIGKILL')
  stdin.on('end', end)
  stdin.on('error', end)
  stdin.resume()
}
