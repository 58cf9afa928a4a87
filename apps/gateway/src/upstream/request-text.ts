import { RUN_TOKEN_HEADER } from '@lathe/shared'
import type { OutgoingRequest } from './upstream-call.ts'

/**
 * The head that goes to an upstream in HTTP/1.1, as Latin-1 text: written anew from what was understood, so that
 * nothing reaches the upstream that the gateway has not read the same way.
 */
export function requestText({ head, forwarded, requestId, runToken }: OutgoingRequest): string {
  let text = `${head.method} ${head.target} HTTP/1.${head.http10 ? '0' : '1'}\r\n${head.fields}${forwarded}x-request-id: ${requestId}\r\n`
  if (runToken !== null) text += `${RUN_TOKEN_HEADER}: ${runToken}\r\n`
  if (head.upgrade) text += 'connection: Upgrade\r\nupgrade: websocket\r\n'
  if (head.expectContinue) text += 'expect: 100-continue\r\n'
  return `${text}\r\n`
}
