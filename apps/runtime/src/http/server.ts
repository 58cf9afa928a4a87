import { unlinkSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Upstream } from '@lathe/shared'
import { LatheRequest, LatheResponse } from './messages.ts'

export type HandleRequest = (req: LatheRequest, res: LatheResponse) => void

/** The gateway is the only client and limits what visitors may send; these limits only bound its mistakes. */
const HEADER_BYTES = 64 * 1024

/** @param upgrade gets connections that ask for another protocol */
export function makeServer(
  handle: HandleRequest,
  upgrade: (req: IncomingMessage, socket: Socket, head: Buffer) => void,
): Server {
  const server = createServer(
    {
      IncomingMessage: LatheRequest,
      ServerResponse: LatheResponse as never,
      maxHeaderSize: HEADER_BYTES,
      // The gateway closes idle connections. If the runtime did, a request could meet a closing connection and be lost.
      keepAliveTimeout: 0,
      requestTimeout: 0,
      headersTimeout: 0,
      noDelay: true,
    },
    handle as never,
  )
  server.timeout = 0
  server.on('upgrade', upgrade as never)
  return server
}

/**
 * Listens where `LATHE_LISTEN` says: the path of a Unix socket (a stale one is removed), or `host:port`.
 * @returns where it listens now; port 0 has become a real one
 */
export async function listen(server: Server, address: string): Promise<Upstream> {
  const tcp = /^(\[[\da-f:]+\]|[\w.-]+):(\d+)$/i.exec(address)
  if (!tcp) {
    try {
      unlinkSync(address)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    const listening = () => {
      server.off('error', reject)
      resolve()
    }
    if (tcp) server.listen(Number(tcp[2]), tcp[1]!.replace(/[[\]]/g, ''), listening)
    else server.listen({ path: address, backlog: 1024 }, listening)
  })
  if (!tcp) return { kind: 'unix', path: address, frames: true }
  const { address: host, port } = server.address() as AddressInfo
  return { kind: 'tcp', host, port, frames: true }
}
