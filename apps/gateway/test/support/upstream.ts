import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createRawServer, type Server as RawServer, type Socket } from 'node:net'

export interface TestUpstream extends AsyncDisposable {
  readonly path: string
  readonly server: Server
  /** Requests that came, in order. */
  readonly requests: IncomingMessage[]
}

/** A real node:http server on a Unix socket, as a runtime is. */
export async function httpUpstream(
  path: string,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TestUpstream> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    handle(request, response)
  })
  server.listen(path)
  await once(server, 'listening')
  return {
    path,
    server,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export interface RawUpstream extends AsyncDisposable {
  readonly path: string
  readonly server: RawServer
  readonly sockets: Set<Socket>
}

/** A server that says whatever bytes it likes. */
export async function rawUpstream(
  path: string,
  onConnection: (socket: Socket) => void,
): Promise<RawUpstream> {
  const sockets = new Set<Socket>()
  const server = createRawServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    onConnection(socket)
  })
  server.listen(path)
  await once(server, 'listening')
  return {
    path,
    server,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Calls back with each whole request head that comes on a raw socket. */
export function onHead(socket: Socket, handle: (head: string) => void): void {
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1')
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      const head = text.slice(0, end)
      text = text.slice(end + 4)
      handle(head)
    }
  })
}
