/** What a REQUEST holds. */
export interface Request {
  method: string
  /** The request target, as the visitor sent it. */
  target: string
  requestId: string
  /** The bearer secret of a run; '' when there is none. */
  runToken: string
  /** `Name: value` lines, each ended by CRLF, as Latin-1. */
  fields: string
  /** DATA and END follow. */
  hasBody: boolean
  /** The visitor waits for 100 before it sends its body. */
  expectsContinue: boolean
}

const NO_BODY = 0x30
const BODY = 0x31
const BODY_EXPECTS_CONTINUE = 0x32

/** A REQUEST's payload, as Latin-1 text. None of its parts but the last, the fields, may contain a line end. */
export function encodeRequest(request: Request): string {
  const { method, target, requestId, runToken, fields, hasBody, expectsContinue } = request
  const flag = !hasBody ? NO_BODY : expectsContinue ? BODY_EXPECTS_CONTINUE : BODY
  return `${String.fromCharCode(flag)}${method}\n${target}\n${requestId}\n${runToken}\n${fields}`
}

/** @returns null when it is none */
export function decodeRequest(bytes: Buffer, start: number, end: number): Request | null {
  const text = bytes.toString('latin1', start, end)
  const method = text.indexOf('\n')
  const target = text.indexOf('\n', method + 1)
  const requestId = text.indexOf('\n', target + 1)
  const runToken = text.indexOf('\n', requestId + 1)
  const flag = text.charCodeAt(0)
  if (method < 2 || target < 0 || requestId < 0 || runToken < 0) return null
  if (flag < NO_BODY || flag > BODY_EXPECTS_CONTINUE) return null
  return {
    method: text.slice(1, method),
    target: text.slice(method + 1, target),
    requestId: text.slice(target + 1, requestId),
    runToken: text.slice(requestId + 1, runToken),
    fields: text.slice(runToken + 1),
    hasBody: flag !== NO_BODY,
    expectsContinue: flag === BODY_EXPECTS_CONTINUE,
  }
}

/** What an ANSWER holds: status and length of the fields in 2 bytes each, the fields, and the body to the end. */
export interface Answer {
  status: number
  /** `Name: value` lines, each ended by CRLF, as Latin-1; without those of Content-Length and Date. */
  fields: string
  /** Where the body begins in the bytes that were decoded. */
  bodyStart: number
}

export const ANSWER_HEAD_BYTES = 4

/** @returns null when it is none; fields are not looked into */
export function decodeAnswer(bytes: Buffer, start: number, end: number): Answer | null {
  const fieldsStart = start + ANSWER_HEAD_BYTES
  if (fieldsStart > end) return null
  const bodyStart = fieldsStart + (bytes[start + 2]! | (bytes[start + 3]! << 8))
  if (bodyStart > end) return null
  return {
    status: bytes[start]! | (bytes[start + 1]! << 8),
    fields: bytes.toString('latin1', fieldsStart, bodyStart),
    bodyStart,
  }
}
