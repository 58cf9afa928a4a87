import { createSocket } from 'node:dgram'
import net, { connect } from 'node:net'
import { constants } from 'node:os'

/** What libuv answers where the system says no: Node makes `listen EACCES: permission denied` of it. */
const DENIED = -constants.errno.EACCES

type Handle = object

/**
 * Takes from the app's code what Node's permission model gives with `--allow-net`, which is all or nothing: it can
 * connect over TCP, and that is all. No port and no socket of its own, no Unix socket of the platform or of another
 * app, no connection of this process taken over by its number.
 *
 * Closed at the native handles, which all of Node's modules come through and which have no other methods for it. The
 * keeper's thread has handles of its own.
 * @param allowed Unix sockets that may be connected to: the runtime's own, which its tests ask, and its database's
 */
export function closeDoors(allowed: readonly string[]): void {
  // Node makes these on first use, of pipes that it opens by their numbers, and `import 'node:process'` uses them all.
  for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on('error', () => {})
  const pipe = connect({ path: '/' }).on('error', () => {})
  const socket = createSocket('udp4')
  const tcp = boundHandle()
  deny(tcp, ['listen', 'open'])
  deny(handleOf(pipe, '_handle'), ['listen', 'open', 'bind'])
  allow(handleOf(pipe, '_handle'), 'connect', ([, path]) => includes(allowed, path))
  const [state] = Object.getOwnPropertySymbols(socket).filter((key) => key.description === 'state symbol')
  const udp = handleOf((socket as unknown as Record<symbol, object>)[state!]!, 'handle')
  deny(udp, ['open'])
  // Sending binds to any free port.
  for (const name of ['bind', 'bind6']) allow(udp, name, ([, port]) => port === 0)
  pipe.destroy()
  socket.close()
  tcp.close()
}

/** A handle of TCP without a connection to wait for. */
function boundHandle(): Handle & { close(): void } {
  const { _createServerHandle: create } = net as unknown as {
    _createServerHandle(address: string, port: number, family: number): Handle & { close(): void }
  }
  return create('127.0.0.1', 0, 4)
}

function handleOf(owner: object, name: string): Handle {
  return (owner as Record<string, Handle>)[name]!
}

function deny(handle: Handle, names: readonly string[]): void {
  for (const name of names) allow(handle, name, () => false)
}

/** Replaces a method on the prototype of all handles of this kind. */
function allow(handle: Handle, name: string, isAllowed: (args: unknown[]) => boolean): void {
  const prototype = Object.getPrototypeOf(handle) as Record<string, () => number>
  const native = prototype[name]!
  const { apply } = Reflect
  Object.defineProperty(prototype, name, {
    value(this: unknown, ...args: unknown[]) {
      return isAllowed(args) ? apply(native, this, args) : DENIED
    },
    writable: false,
    configurable: false,
  })
}

/** Not `Array.prototype.includes`, which the app's code may have replaced. */
function includes(paths: readonly string[], path: unknown): boolean {
  for (let i = 0; i < paths.length; i++) if (paths[i] === path) return true
  return false
}
