import { serveFile } from '../console/serve-file.ts'
import type { GatewayError } from '../http/errors.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Backend } from '../routes/backend.ts'
import { errorAnswer } from './answer.ts'
import type { ClientConnection } from './client-connection.ts'
import { Exchange } from './exchange.ts'
import type { RequestHandler } from './handler.ts'

const API_PATH = /^\/(?:(?:trpc|api)(?:[/?]|$)|(?:healthz|readyz)(?:\?|$))/

/**
 * Finds who answers a request and starts it.
 * @param attach told the handler before it starts: it may finish at once
 */
export function dispatch(
  client: ClientConnection,
  head: RequestHead,
  attach: (handler: RequestHandler) => void,
): void {
  const { context } = client
  const place = context.hosts.find(head.host)
  if (place.kind === 'nowhere') {
    answerError(client, head, context.hostNotFound)
  } else if (place.kind === 'app') {
    const { appid } = place
    begin(client, head, () => context.routes.find(appid), attach)
  } else if (API_PATH.test(head.target)) {
    // The console's host has no WebSockets: a handshake goes on as the plain request it also is.
    begin(client, { ...head, upgrade: false }, () => context.api, attach)
  } else {
    attach(serveFile(client, head))
  }
}

function begin(
  client: ClientConnection,
  head: RequestHead,
  locate: () => Backend | GatewayError,
  attach: (handler: RequestHandler) => void,
): void {
  const exchange = new Exchange(client, head, locate)
  attach(exchange)
  exchange.start()
}

/** Answers a request whose head was read. */
export function answerError(client: ClientConnection, head: RequestHead, error: GatewayError): void {
  const { context } = client
  const requestId = context.nextRequestId()
  const close = !head.keepAlive || context.draining
  client.write(errorAnswer(error, requestId, { close, head: head.method === 'HEAD' }))
  context.accessLog({
    requestId,
    method: head.method,
    host: head.host,
    target: head.target,
    appid: null,
    status: error.status,
    startedAt: performance.now(),
  })
  client.finish(!close)
}

/** Answers bytes that are no request; the caller closes the connection. */
export function refuseUnparsed(client: ClientConnection, error: GatewayError): void {
  const { context } = client
  const requestId = context.nextRequestId()
  client.write(errorAnswer(error, requestId, { close: true, head: false }))
  context.accessLog({
    requestId,
    method: '-',
    host: '-',
    target: '-',
    appid: null,
    status: error.status,
    startedAt: performance.now(),
  })
}
