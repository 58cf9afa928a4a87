import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { FRAMES_PROTOCOL } from '@lathe/wire'
import type { HandleRequest } from '../server.ts'
import { FrameConnection } from './frame-connection.ts'

const UPGRADED = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${FRAMES_PROTOCOL}\r\n\r\n`

/** Takes over the gateway's connections, which ask by an HTTP/1.1 upgrade for frames. */
export class FrameServer {
  readonly #handle: HandleRequest
  readonly #connections = new Set<FrameConnection>()

  constructor(handle: HandleRequest) {
    this.#handle = handle
  }

  isFor(req: IncomingMessage): boolean {
    return req.headers.upgrade === FRAMES_PROTOCOL
  }

  /** @param head what came behind the upgrade */
  accept(socket: Socket, head: Buffer): void {
    const connection = new FrameConnection(socket, this.#handle, () => this.#connections.delete(connection))
    this.#connections.add(connection)
    socket.setNoDelay(true)
    socket.write(UPGRADED, 'latin1')
    connection.receive(head)
  }

  /** Takes no new requests; connections close when what is under way is answered. */
  leave(): void {
    for (const connection of this.#connections) connection.leave()
  }

  /** The watchdog has unwound the main thread, and possibly work of ours: goes on with it. */
  recover(): void {
    for (const connection of this.#connections) connection.recover()
  }
}
