import { RUN_TOKEN_HEADER } from '@lathe/shared'
import type { RequestHead } from '../http/request-head.ts'
import type { Peer } from './peer.ts'

/**
 * The head that goes to the upstream, as Latin-1 text: written anew from what was understood, so that nothing reaches
 * the upstream that the gateway has not read the same way. The run token passes only from this machine, where the api
 * is; the runtime verifies it in any case.
 */
export function upstreamRequestText(head: RequestHead, peer: Peer, requestId: string): string {
  let text = `${head.method} ${head.target} HTTP/1.${head.http10 ? '0' : '1'}\r\n${head.fields}${peer.forwarded}x-forwarded-host: ${head.host}\r\nx-request-id: ${requestId}\r\n`
  if (head.runToken !== null && peer.thisMachine) text += `${RUN_TOKEN_HEADER}: ${head.runToken}\r\n`
  if (head.upgrade) text += 'connection: Upgrade\r\nupgrade: websocket\r\n'
  if (head.expectContinue) text += 'expect: 100-continue\r\n'
  return `${text}\r\n`
}
