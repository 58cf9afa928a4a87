import type { Socket } from 'node:net'

const SIZE = 64 * 1024
const KEPT = 64
/** Below, Node's own pool of small buffers serves better. */
const SMALL = 4 * 1024

const free: Buffer[] = []

/**
 * Writes bytes that are only valid until this returns. Copies of large ones go into buffers that are used again and
 * again: a new one for each would make V8 collect garbage all the time, for the memory outside of its heap.
 * @returns false: wait for `drain`
 */
export function writeCopy(socket: Socket, bytes: Buffer): boolean {
  if (bytes.length < SMALL || bytes.length > SIZE) return socket.write(Buffer.from(bytes))
  const copy = free.pop() ?? Buffer.allocUnsafeSlow(SIZE)
  bytes.copy(copy)
  return socket.write(copy.subarray(0, bytes.length), () => {
    if (free.length < KEPT) free.push(copy)
  })
}
