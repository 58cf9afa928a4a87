import type { Cors } from '@lathe/shared'
import { serveFile } from '../console/serve-file.ts'
import { GatewayError } from '../http/errors.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Backend } from '../routes/backend.ts'
import { answerHead, errorAnswer } from './answer.ts'
import type { ClientConnection } from './client-connection.ts'
import { isPreflight, preflightFields } from './cors.ts'
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
    const app = context.routes.find(appid)
    if (!(app instanceof GatewayError) && app.cors && isPreflight(head))
      answerPreflight(client, head, app.cors)
    else begin(client, head, () => context.routes.find(appid), attach)
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

function answerPreflight(client: ClientConnection, head: RequestHead, cors: Cors): void {
  const requestId = client.context.nextRequestId()
  const keepAlive = head.keepAlive && !client.context.draining
  client.write(answerHead(204, preflightFields(cors, head), requestId, !keepAlive))
  logDirect(client, head, requestId, 204)
  client.finish(keepAlive)
}

/** Answers a request whose head was read. */
export function answerError(client: ClientConnection, head: RequestHead, error: GatewayError): void {
  const { context } = client
  const requestId = context.nextRequestId()
  const close = !head.keepAlive || context.draining
  client.write(errorAnswer(error, requestId, { close, head: head.method === 'HEAD' }))
  logDirect(client, head, requestId, error.status)
  client.finish(!close)
}

/** Answers bytes that are no request; the caller closes the connection. */
export function refuseUnparsed(client: ClientConnection, error: GatewayError): void {
  const { context } = client
  const requestId = context.nextRequestId()
  client.write(errorAnswer(error, requestId, { close: true, head: false }))
  logDirect(client, { method: '-', host: '-', target: '-' }, requestId, error.status)
}

/** The line of a request that was answered without going anywhere. */
function logDirect(
  { context }: ClientConnection,
  { method, host, target }: Pick<RequestHead, 'method' | 'host' | 'target'>,
  requestId: string,
  status: number,
): void {
  context.accessLog({ requestId, method, host, target, appid: null, status, startedAt: performance.now() })
}
