import type { AppRouter } from '@lathe/api'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import type { Login } from './config/login.ts'

type Inputs = inferRouterInputs<AppRouter>
type Outputs = inferRouterOutputs<AppRouter>
type Path = { [R in keyof Outputs]: `${R}.${keyof Outputs[R] & string}` }[keyof Outputs]
type Of<T, P extends string> = P extends `${infer R}.${infer V}`
  ? R extends keyof T
    ? V extends keyof T[R]
      ? T[R][V]
      : never
    : never
  : never

/** What a call was refused with. */
export class ApiError extends Error {
  readonly reason: string
  readonly details: unknown

  constructor(message: string, reason: string, details: unknown) {
    super(message)
    this.reason = reason
    this.details = details
  }
}

/** Calls a Lathe as any program can: plain JSON over HTTP, with a bearer token. */
export class Api {
  readonly url: string
  #headers: Record<string, string>

  constructor({ url, token }: Login) {
    this.url = url
    this.#headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  }

  /** @throws ApiError with the API's own message */
  async call<P extends Path>(
    path: P,
    ...[input]: undefined extends Of<Inputs, P> ? [input?: Of<Inputs, P>] : [input: Of<Inputs, P>]
  ): Promise<Of<Outputs, P>> {
    const response = await this.#post(path, input ?? {})
    return await this.#resultOf<Of<Outputs, P>>(response)
  }

  /**
   * The events of a subscription, until its end; ids of events that have one are left out.
   *
   * @throws ApiError with the API's own message, and where the connection ends before
   */
  async *events<T>(path: Path, input: unknown): AsyncGenerator<T, void> {
    const response = await this.#post(path, input, 'text/event-stream')
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      await this.#resultOf(response)
      throw this.#notLathe(response)
    }
    let rest = ''
    const broken = new ApiError(`The connection to ${this.url} was lost; try again.`, 'UNREACHABLE', null)
    const chunks = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { value: chunk, done } = await chunks.read().catch(() => {
        throw broken
      })
      if (done) throw broken
      const blocks = (rest + chunk).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1]
        const event = field('event')
        const data = field('data')
        if (event === 'return') return
        if (event === 'serialized-error') throw thrown(JSON.parse(data ?? '{}'))
        if (event === undefined && data !== undefined) yield JSON.parse(data) as T
      }
    }
  }

  async #post(path: string, input: unknown, accept = 'application/json') {
    try {
      return await fetch(`${this.url}/trpc/${path}`, {
        method: 'POST',
        headers: { ...this.#headers, accept },
        body: JSON.stringify(input),
      })
    } catch {
      throw new ApiError(`${this.url} cannot be reached: is Lathe running there?`, 'UNREACHABLE', null)
    }
  }

  async #resultOf<T>(response: Response): Promise<T> {
    const body = (await response.json().catch(() => null)) as {
      result?: { data: T }
      error?: TrpcError
    } | null
    if (body?.error?.message) throw this.#refusal(body.error)
    if (!body?.result) throw this.#notLathe(response)
    return body.result.data
  }

  #refusal(error: TrpcError): ApiError {
    const refused = thrown(error)
    if (refused.reason !== 'UNAUTHENTICATED') return refused
    const message = `${this.url} does not take this token: it was revoked, has expired, or is not whole. Make one on the page Account or Team, then \`lathe login\`.`
    return new ApiError(message, refused.reason, refused.details)
  }

  #notLathe({ status }: Response): ApiError {
    return new ApiError(
      `${this.url} answers ${status}, but not as Lathe's console does.`,
      'UNREACHABLE',
      null,
    )
  }
}

interface TrpcError {
  message: string
  data?: { reason?: string; details?: unknown }
}

function thrown({ message, data }: TrpcError): ApiError {
  return new ApiError(message, data?.reason ?? 'INTERNAL', data?.details ?? null)
}
