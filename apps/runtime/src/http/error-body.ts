import type { ErrorBody, HttpErrorCode } from '@lathe/shared'
import type { LatheResponse } from './messages.ts'

/** Something that the runtime itself answers with an error body. */
export class HttpError extends Error {
  readonly status: number
  readonly code: HttpErrorCode
  readonly headers: Record<string, string>

  constructor(status: number, code: HttpErrorCode, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

const stringify = JSON.stringify

/** Answers with an error body unless an answer has begun already. */
export function sendError(res: LatheResponse, error: HttpError, requestId: string): void {
  if (res.headersSent || res.writableEnded) return
  const body: ErrorBody = { error: { code: error.code, message: error.message, requestId } }
  const text = stringify(body)
  // Headers that the function has set belong to an answer that is not given.
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  res.statusCode = error.status
  for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value)
  res.answer(text, 'application/json; charset=utf-8')
}
