import type { Socket } from 'node:net'

/**
 * Joins two sockets after a 101 answer: bytes both ways with back-pressure, half-closes passed on, and neither
 * outlives the other by more than `lingerMs`.
 */
export function startTunnel(
  client: Socket,
  upstream: Socket,
  fromClient: Buffer | null,
  lingerMs: number,
): void {
  if (fromClient) upstream.write(fromClient)
  client.pipe(upstream)
  upstream.pipe(client)
  endTogether(client, upstream, lingerMs)
  endTogether(upstream, client, lingerMs)
}

function endTogether(one: Socket, other: Socket, lingerMs: number): void {
  one.once('close', (hadError: boolean) => {
    if (hadError) {
      other.destroy()
      return
    }
    other.end()
    const timer = setTimeout(() => other.destroy(), lingerMs)
    other.once('close', () => clearTimeout(timer))
  })
}
