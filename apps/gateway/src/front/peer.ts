import type { Socket } from 'node:net'
import { plain } from './trusted-proxies.ts'

/** Who is at the other end of a client connection. */
export interface Peer {
  address: string
  /** A connection from this machine to itself: the api's runs come so. */
  thisMachine: boolean
  /** The `x-forwarded-*` lines that are the same for all its requests. */
  forwarded: string
}

export function peerOf(socket: Socket): Peer {
  const address = plain(socket.remoteAddress ?? 'unknown')
  return {
    address,
    thisMachine:
      address === '::1' || address.startsWith('127.') || address === plain(socket.localAddress ?? ''),
    forwarded: `x-forwarded-for: ${address}\r\nx-forwarded-proto: http\r\n`,
  }
}
