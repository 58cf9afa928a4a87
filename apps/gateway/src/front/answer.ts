import { STATUS_CODES } from 'node:http'
import type { GatewayError } from '../http/errors.ts'

export interface AnswerOptions {
  /** Say that the connection ends after this. */
  close: boolean
  /** A request by HEAD: the fields without the body. */
  head: boolean
  /** More fields, serialised. */
  fields?: string
}

/** A status line and fields. @param fields serialised lines, each ended by CRLF */
export function answerHead(status: number, fields: string, requestId: string, close: boolean): string {
  const connection = close ? 'connection: close\r\n' : ''
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${fields}x-request-id: ${requestId}\r\n${connection}\r\n`
}

/** An error that the gateway answers on its own, ready to be written as Latin-1. */
export function errorAnswer(
  error: GatewayError,
  requestId: string,
  { close, head, fields: more = '' }: AnswerOptions,
): string {
  const body = Buffer.from(error.body(requestId))
  const fields =
    'content-type: application/json; charset=utf-8\r\n' +
    `content-length: ${body.length}\r\n` +
    'cache-control: no-store\r\n' +
    (error.retryAfter === null ? '' : `retry-after: ${error.retryAfter}\r\n`) +
    more
  return answerHead(error.status, fields, requestId, close) + (head ? '' : body.toString('latin1'))
}
