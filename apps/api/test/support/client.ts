import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '../../src/index.ts'

type Inputs = inferRouterInputs<AppRouter>
type Outputs = inferRouterOutputs<AppRouter>
type Path = {
  [R in keyof Outputs]: `${R & string}.${keyof Outputs[R] & string}`
}[keyof Outputs]
type Of<T, P extends string> = P extends `${infer R}.${infer V}`
  ? R extends keyof T
    ? V extends keyof T[R]
      ? T[R][V]
      : never
    : never
  : never

interface TrpcError {
  message: string
  data: { reason: string; details?: unknown }
}
interface Body {
  error?: TrpcError
  result: { data: never }
}

/** What the api answers instead of data. */
export class ApiError extends Error {
  readonly status: number
  readonly reason: string
  readonly details: Record<string, unknown>

  constructor(status: number, error: TrpcError) {
    super(error.message)
    this.status = status
    this.reason = error.data.reason
    this.details = (error.data.details ?? {}) as Record<string, unknown>
  }
}

export interface Client {
  /** Queries and mutations with an input alike go by POST: the api allows it. */
  call<P extends Path>(
    path: P,
    ...input: undefined extends Of<Inputs, P> ? [input?: Of<Inputs, P>] : [input: Of<Inputs, P>]
  ): Promise<Of<Outputs, P>>
  /** Subscribes by POST, and yields the data of each event. */
  subscribe(path: string, input: unknown, signal?: AbortSignal): AsyncGenerator<unknown, void>
  headers: Record<string, string>
}

/** Talks to the api as curl does: plain JSON over HTTP, no tRPC client. */
export function client(base: string, headers: Record<string, string>): Client {
  const send = (path: string, input: unknown, more: Record<string, string> = {}, signal?: AbortSignal) =>
    fetch(`${base}/trpc/${path}`, {
      ...(input === undefined ? {} : { method: 'POST', body: JSON.stringify(input) }),
      headers: { 'content-type': 'application/json', ...headers, ...more },
      signal: signal ?? null,
    })
  return {
    headers,
    async call(path, ...[input]) {
      const response = await send(path, input)
      const body = (await response.json()) as Body
      if (body.error) throw new ApiError(response.status, body.error)
      return body.result.data
    },
    async *subscribe(path, input, signal) {
      const response = await send(path, input, { accept: 'text/event-stream' }, signal)
      if (!response.ok || !response.body) {
        throw new ApiError(response.status, ((await response.json()) as Body).error!)
      }
      yield* serverSentEvents(response.body)
    },
  }
}

/** Signs in with a password, as the console does: a session cookie, and calls that come from the console. */
export async function signIn(
  base: string,
  credentials: { email: string; password: string },
): Promise<Client> {
  const response = await fetch(`${base}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: base },
    body: JSON.stringify(credentials),
  })
  if (!response.ok) throw new Error(`sign-in failed: ${response.status} ${await response.text()}`)
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  return client(base, { cookie, origin: base })
}

/** The data of each event of a stream (WHATWG HTML, 9.2), errors thrown, until the server ends it. */
async function* serverSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown, void> {
  let text = ''
  for await (const chunk of body.pipeThrough(
    new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>,
  )) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1]
      const data = field('data')
      const event = field('event')
      if (event === 'return') return
      if (event === 'serialized-error') throw new ApiError(200, JSON.parse(data ?? '{}'))
      if (data !== undefined && event === undefined) yield JSON.parse(data)
    }
  }
}

/** The refusal that a call ends in. @throws Error when it is not refused */
export async function refused(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ApiError)) throw new Error(`not refused: ${String(error)}`)
  return error
}
