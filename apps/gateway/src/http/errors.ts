import type { ErrorBody, HttpErrorCode } from '@lathe/shared'

/** An answer that the gateway gives on its own. */
export class GatewayError extends Error {
  readonly status: number
  readonly code: HttpErrorCode
  /** Seconds, for the Retry-After field. */
  readonly retryAfter: number | null

  constructor(status: number, code: HttpErrorCode, message: string, retryAfter: number | null = null) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfter = retryAfter
  }

  body(requestId: string): string {
    const body: ErrorBody = { error: { code: this.code, message: this.message, requestId } }
    return JSON.stringify(body)
  }
}

export const problems = {
  hostNotFound: (consoleHost: string) =>
    new GatewayError(
      404,
      'HOST_NOT_FOUND',
      `Nothing is served under this host name. The console is at http://${consoleHost}`,
    ),
  appNotFound: (appid: string) => new GatewayError(404, 'APP_NOT_FOUND', `There is no app ${appid}.`),
  appStopped: (appid: string) => new GatewayError(503, 'APP_STOPPED', `The app ${appid} is stopped.`),
  appFailed: (appid: string) =>
    new GatewayError(503, 'APP_FAILED', `The app ${appid} could not be started; the console shows why.`),
  appStarting: (appid: string) =>
    new GatewayError(503, 'APP_STARTING', `The app ${appid} is still starting. Try again in a moment.`, 2),
  routesUnknown: () =>
    new GatewayError(
      503,
      'UPSTREAM_UNAVAILABLE',
      'The gateway does not know its routes yet. Try again in a moment.',
      2,
    ),
  appBusy: (appid: string) =>
    new GatewayError(429, 'TOO_MANY_REQUESTS', `The app ${appid} has too many requests in flight.`, 1),
  tooFast: (appid: string, seconds: number) =>
    new GatewayError(429, 'TOO_MANY_REQUESTS', `The app ${appid} gets more requests than it may.`, seconds),
  unavailable: (what: string) => new GatewayError(502, 'UPSTREAM_UNAVAILABLE', `${what} did not answer.`),
  broken: (what: string) =>
    new GatewayError(502, 'UPSTREAM_BROKEN', `${what} did not answer in proper HTTP.`),
  silent: (what: string) => new GatewayError(504, 'FUNCTION_TIMEOUT', `${what} gave no answer in time.`),
  timedOut: (functionName: string) =>
    new GatewayError(
      504,
      'FUNCTION_TIMEOUT',
      `${functionName} timed out in native code, which nothing can interrupt: the app's process is replaced.`,
    ),
  headersTooLarge: (bytes: number) =>
    new GatewayError(431, 'HEADERS_TOO_LARGE', `The request's headers exceed ${bytes} bytes.`),
  requestTimeout: () => new GatewayError(408, 'REQUEST_TIMEOUT', 'The request did not arrive in time.'),
  draining: () => new GatewayError(503, 'UPSTREAM_UNAVAILABLE', 'The gateway is shutting down.', 1),
}
