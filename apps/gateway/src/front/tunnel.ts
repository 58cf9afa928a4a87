import type { Socket } from 'node:net'
import type { UpstreamCall, UpstreamOwner } from '../upstream/upstream-call.ts'
import { writeCopy } from './write-copy.ts'

/**
 * Joins a client and an upstream after a 101 answer: bytes both ways with back-pressure. When one side ends, what it
 * said last is still delivered; neither outlives the other by more than `lingerMs`.
 * @param fromClient bytes that the client sent behind its handshake
 */
export function startTunnel(
  client: Socket,
  upstream: UpstreamCall,
  fromClient: Buffer | null,
  lingerMs: number,
): void {
  const owner: UpstreamOwner = {
    onUpstreamOpen() {},
    onUpstreamAnswer() {},
    onUpstreamEnd() {},
    onUpstreamReset() {},
    onUpstreamUnserved() {},
    onUpstreamData(bytes) {
      if (!writeCopy(client, bytes)) upstream.pause()
    },
    onUpstreamDrain() {
      client.resume()
    },
    onUpstreamClosed() {
      client.end()
      const timer = setTimeout(() => client.destroy(), lingerMs)
      client.once('close', () => clearTimeout(timer))
    },
  }
  upstream.owner = owner
  client
    .on('data', (bytes: Buffer) => {
      if (!upstream.write(bytes)) client.pause()
    })
    .on('drain', () => upstream.resume())
    .on('end', () => client.end())
    .on('close', () => upstream.destroy())
  if (fromClient) upstream.write(fromClient)
  client.resume()
}
