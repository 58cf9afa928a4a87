import { fstatSync } from 'node:fs'
import { Socket } from 'node:net'

/**
 * Ends the process when the other end of its stdin is closed: its parent is dead. Watched here, because the app's code
 * shares the main thread and may well read or close `process.stdin`.
 * @param onLine hears the first line that the parent says
 */
export function endWithParent(onLine?: (line: string) => void): void {
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
  if (onLine) listen(stdin.setEncoding('utf8'), onLine)
  else stdin.resume()
}

function listen(stdin: Socket, onLine: (line: string) => void): void {
  let text = ''
  const read = (chunk: string) => {
    text += chunk
    const end = text.indexOf('\n')
    if (end < 0) return
    stdin.off('data', read).resume()
    onLine(text.slice(0, end))
  }
  stdin.on('data', read)
}
