import { setTimeout as sleep } from 'node:timers/promises'
import type { FunctionContext } from '@lathe/cloud'

/** Every piece is sent as soon as it is yielded, as fast as the visitor reads. */
export default async function* (ctx: FunctionContext) {
  for (const word of 'answers can come word by word'.split(' ')) {
    if (ctx.signal.aborted) return
    yield `${word} `
    await sleep(100)
  }
}
