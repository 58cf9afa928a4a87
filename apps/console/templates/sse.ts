import { setTimeout as sleep } from 'node:timers/promises'
import type { FunctionContext } from '@lathe/cloud'

/** Server-sent events: `new EventSource('<address>')` in a browser hears them. */
export default function (ctx: FunctionContext) {
  async function* events() {
    for (let n = 1; n <= 10 && !ctx.signal.aborted; n++) {
      yield `id: ${n}\ndata: ${JSON.stringify({ n, at: new Date().toISOString() })}\n\n`
      await sleep(500, undefined, { signal: ctx.signal })
    }
  }
  return new Response(ReadableStream.from(events()).pipeThrough(new TextEncoderStream()), {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  })
}
