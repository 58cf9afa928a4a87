import { Readable } from 'node:stream'
import type { FunctionContext, TokenPayload } from '@lathe/cloud'
import type { LiveSet, Run } from '../live-set.ts'
import type { Entry, Graph } from '../loader/graph.ts'
import type { Handler } from '../loader/handlers.ts'
import { checkDeclaredLength, noBody, type ParsedBody, parseBody, readBody, tooLarge } from './body.ts'
import { Concurrency } from './concurrency.ts'
import { Context, type ContextState } from './context.ts'
import { HttpError, sendError } from './error-body.ts'
import { Exchange, type ExchangeHost } from './exchange.ts'
import { type LatheRequest, type LatheResponse, mount } from './messages.ts'
import type { readMultipart as ReadMultipart } from './multipart.ts'
import { isMultipart } from './multipart-type.ts'
import { newRequestId } from './request-id.ts'
import { match } from './route.ts'
import { webRequestOf } from './web-request.ts'

export interface HandleOptions {
  functions: LiveSet
  uploadDir: string
  host: ExchangeHost
  /** Counts requests in and out, for heartbeats and draining. */
  began(exchange: Exchange): void
  userOf(authorization: string | undefined): TokenPayload | null
}

/** The way of a request: run token, route, method, body, function. */
export function requestHandler(options: HandleOptions): (req: LatheRequest, res: LatheResponse) => void {
  const { functions } = options
  const concurrency = new Concurrency()
  const host: ExchangeHost = {
    ...options.host,
    finished(exchange, status) {
      concurrency.leave(exchange)
      options.host.finished(exchange, status)
    },
  }
  const userOf: ContextState['user'] = (headers) => options.userOf(headers.authorization)

  function handle(req: LatheRequest, res: LatheResponse): void {
    if (!functions.loaded) {
      void functions.whenLoaded().then(() => handle(req, res))
      return
    }
    const { runToken } = req
    const requestId = req.requestId ?? newRequestId()
    let run: Run | null = null
    if (runToken !== undefined) {
      run = functions.runOf(runToken)
      if (!run) {
        sendError(res, new HttpError(403, 'RUN_EXPIRED', 'This run is over'), requestId)
        return
      }
      req.hideRunToken()
    }
    const graph = run ? run.graph : functions.live
    const url = req.url ?? '/'
    const query = url.indexOf('?')
    const found = match(graph, query < 0 ? url : url.slice(0, query))
    if (!found) {
      const error = new HttpError(404, 'FUNCTION_NOT_FOUND', 'No function of this app answers at this path')
      sendError(res, error, requestId)
      return
    }
    const exchange = new Exchange(req, res, found.entry, graph, run, requestId, host)
    options.began(exchange)
    try {
      const refusal =
        refusalOf(found.entry, req.method!) ?? (concurrency.enter(exchange) ? null : busy(found.entry))
      if (refusal) {
        exchange.refuse(refusal)
        return
      }
      serve(exchange, graph, found.entry, found.rest)
    } catch (thrown) {
      refuse(exchange, thrown)
    }
  }

  function serve(exchange: Exchange, graph: Graph, entry: Entry, rest: string): void {
    const { req, res } = exchange
    const state: ContextState = {
      req,
      res,
      rest,
      trigger: exchange.run?.trigger ?? 'http',
      raw: null,
      controller: null,
      aborted: null,
      watch: () => exchange.watch(),
      user: userOf,
    }
    exchange.state = state
    const begin = ({ raw, body, files }: ParsedBody) => {
      state.raw = raw
      const ctx = new Context(state, exchange.requestId, entry.unit.name, body, files)
      exchange.answer(callOf(graph, entry, exchange), ctx)
    }
    if (!req.hasBody) {
      begin(noBody)
      return
    }
    const limit = entry.unit.bodyLimit
    const contentType = req.field('content-type') ?? ''
    checkDeclaredLength(req, limit)
    // A web-standard app reads the body itself, as a stream.
    if (entry.handlers!.fetch) {
      begin(noBody)
    } else if (isMultipart(contentType)) {
      readForm(req, options.uploadDir, limit).then(
        (parsed) => {
          exchange.dispose = () => void parsed.dispose().catch(() => {})
          begin(parsed)
        },
        (error) => refuse(exchange, error),
      )
    } else {
      readBody(req, limit)
        .then((raw) => {
          // Also what cannot be parsed is part of the request's record.
          state.raw = raw
          begin({ raw, body: parseBody(raw, contentType, req.field('content-encoding')), files: [] })
        })
        .catch((error) => refuse(exchange, error))
    }
  }

  return handle
}

function refuse(exchange: Exchange, thrown: unknown): void {
  exchange.refuse(
    thrown instanceof HttpError
      ? thrown
      : new HttpError(400, 'BAD_REQUEST', 'The request could not be understood'),
  )
}

/** Why a function does not take a request, from what is known without reading its body. */
function refusalOf({ unit, handlers, error }: Entry, method: string): HttpError | null {
  if (unit.methods && !allows(unit.methods, method)) {
    return new HttpError(405, 'METHOD_NOT_ALLOWED', `${unit.name} does not take ${method}`, {
      allow: unit.methods.join(', '),
    })
  }
  if (error) {
    return new HttpError(
      500,
      'FUNCTION_LOAD_FAILED',
      `${unit.name} could not be loaded; the app’s log says why`,
    )
  }
  if (!handlers) {
    return new HttpError(
      404,
      'FUNCTION_NOT_FOUND',
      `${unit.name} answers no requests: it has no default function, no default object with fetch(request), and no GET, POST, ...`,
    )
  }
  return null
}

function busy({ unit }: Entry): HttpError {
  return new HttpError(429, 'TOO_MANY_REQUESTS', `${unit.name} has as many requests in flight as it may`, {
    'retry-after': '1',
  })
}

function allows(methods: readonly string[], method: string): boolean {
  return methods.includes(method) || (method === 'HEAD' && methods.includes('GET'))
}

/** What is run for a request: the method's handler, the function or the app's `fetch`, behind the interceptor if any. */
function callOf(graph: Graph, entry: Entry, exchange: Exchange): (ctx: FunctionContext) => unknown {
  const call = ownCallOf(entry, exchange)
  const interceptor = graph.entries.get('__interceptor__')
  if (!interceptor) return call
  const intercept = interceptor.handlers?.main
  return (ctx) => {
    // An app relies on its interceptor to keep visitors out: without it nothing is let through.
    if (!intercept) {
      throw new HttpError(
        500,
        'FUNCTION_LOAD_FAILED',
        '__interceptor__ could not be loaded; the app’s log says why',
      )
    }
    let isPassedOn = false
    const next = async (changed: FunctionContext = ctx) => {
      isPassedOn = true
      return call(changed)
    }
    const said = intercept(ctx, next)
    return intercept.length < 2 ? firstStyle(said, ctx, () => (isPassedOn ? undefined : next())) : said
  }
}

/**
 * An interceptor that takes no `next`, as Laf's first ones: it is called before the function, which `false` (403) and any
 * answer of its own keep from being called.
 */
async function firstStyle(said: unknown, ctx: FunctionContext, next: () => unknown): Promise<unknown> {
  const answer = await said
  if (answer === false) {
    return Response.json({ error: 'Forbidden', requestId: ctx.requestId }, { status: 403 })
  }
  const isAnswered = ctx.response.headersSent || ctx.response.writableEnded
  return isAnswered || (answer !== undefined && answer !== true) ? answer : next()
}

function ownCallOf({ unit, handlers }: Entry, exchange: Exchange): Handler {
  const { main, fetch, methods, allow } = handlers!
  const { req } = exchange
  const byMethod = methods?.get(req.method!) ?? (req.method === 'HEAD' ? methods?.get('GET') : undefined)
  if (byMethod) return byMethod
  if (main) return main
  if (fetch) return () => fetch(requestFor(exchange, unit.bodyLimit))
  return () => {
    if (req.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } })
    throw new HttpError(405, 'METHOD_NOT_ALLOWED', `${unit.name} does not take ${req.method}`, { allow })
  }
}

/** The request for a web-standard app: its body streams, and breaks off at the function's limit. */
function requestFor(exchange: Exchange, limit: number): Request {
  const { req, state } = exchange
  mount(req, state!.rest)
  state!.controller ??= new AbortController()
  exchange.watch()
  if (!req.hasBody) return webRequestOf(req, null, state!.controller.signal)
  let size = 0
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.byteLength
      if (size > limit) throw tooLarge(limit)
      controller.enqueue(chunk)
    },
  })
  const body = (Readable.toWeb(req) as ReadableStream<Uint8Array>).pipeThrough(counted)
  return webRequestOf(req, body, state!.controller.signal)
}

/** The parser of forms is loaded by the first form: most apps never get one. */
async function readForm(...args: Parameters<typeof ReadMultipart>): ReturnType<typeof ReadMultipart> {
  const { readMultipart } = await import('./multipart.ts')
  return readMultipart(...args)
}
