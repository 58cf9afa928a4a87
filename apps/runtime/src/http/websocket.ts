import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { CloudSocket, WebSocketContext, WebSocketEvent } from '@lathe/cloud'
import { REQUEST_ID_HEADER } from '@lathe/shared/headers'
import type { WebSocket, WebSocketServer } from 'ws'
import type { LiveSet } from '../live-set.ts'
import { type InvocationStore, invocationStorage } from '../observe/invocation-store.ts'
import { parseQuery } from './query.ts'
import { newRequestId } from './request-id.ts'

export interface WebSocketOptions {
  functions: LiveSet
  /** What `cloud.sockets` shows. */
  sockets: Set<CloudSocket>
  /** How many are open has changed. */
  counted(open: number): void
  failed(thrown: unknown): void
}

export interface WebSockets {
  accept(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Tells all of them that the process ends. */
  close(): void
}

/** Close codes of RFC 6455 and its registry. */
const SERVICE_RESTART = 1012

/**
 * Hands WebSocket connections to the app's `__websocket__`. Each event is an invocation of what is live at that moment:
 * a connection outlives publishes.
 */
export function webSockets(options: WebSocketOptions): WebSockets {
  let accepting: WebSocketServer | undefined
  return {
    accept(req, socket, head) {
      socket.on('error', () => socket.destroy())
      const entry = options.functions.live.entries.get('__websocket__')
      if (!entry?.handlers?.main) {
        const status = entry ? '500 Internal Server Error' : '404 Not Found'
        socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
        return
      }
      void (async () => {
        if (!accepting) {
          // Most apps never open one.
          const { WebSocketServer: Implementation } = await import('ws')
          accepting ??= new Implementation({ noServer: true, maxPayload: entry.unit.bodyLimit })
        }
        accepting.handleUpgrade(req, socket, head, (opened) => serve(opened, req, options))
      })().catch(() => socket.destroy())
    },
    close() {
      for (const socket of accepting?.clients ?? []) socket.close(SERVICE_RESTART)
    },
  }
}

function serve(socket: WebSocket, req: IncomingMessage, options: WebSocketOptions): void {
  const requestId = (req.headers[REQUEST_ID_HEADER] as string | undefined) ?? newRequestId()
  const call = (event: WebSocketEvent, params: WebSocketContext['params']) => {
    const graph = options.functions.live
    const entry = graph.entries.get('__websocket__')
    const main = entry?.handlers?.main
    if (!entry || !main) return
    const ctx = contextOf(event, params, socket, req, requestId)
    const store: InvocationStore = {
      graph,
      functionName: entry.unit.name,
      revision: entry.unit.revision,
      requestId,
      runId: null,
      ctx,
      exchangeId: null,
      timeoutMs: entry.unit.timeoutMs,
      startedAt: null,
    }
    invocationStorage.run(store, async () => {
      try {
        await main(ctx as never)
      } catch (thrown) {
        options.failed(thrown)
      }
    })
  }
  options.sockets.add(socket)
  options.counted(options.sockets.size)
  socket.on('message', (data: Buffer, isBinary: boolean) =>
    call('WebSocket:message', { data: isBinary ? data : data.toString(), isBinary }),
  )
  socket.on('error', (error) => call('WebSocket:error', { data: error, message: error.message }))
  socket.on('close', (code, reason) => {
    options.sockets.delete(socket)
    options.counted(options.sockets.size)
    const why = { code, reason: reason.toString() }
    call('WebSocket:close', { data: why, ...why })
  })
  call('WebSocket:connection', { data: undefined })
}

function contextOf(
  method: WebSocketEvent,
  params: WebSocketContext['params'],
  socket: CloudSocket,
  req: IncomingMessage,
  requestId: string,
): WebSocketContext {
  const url = req.url ?? '/'
  const query = url.indexOf('?')
  return {
    method,
    params,
    socket,
    url,
    query: query < 0 ? {} : parseQuery(url.slice(query + 1)),
    headers: req.headers as Record<string, string | undefined>,
    requestId,
    functionName: '__websocket__',
    __function_name: '__websocket__',
  }
}
