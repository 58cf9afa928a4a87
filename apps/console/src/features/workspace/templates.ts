import type { MessageId } from '../../i18n/i18n.ts'

/** What a new function begins as. `hello` is the API's own default, so it carries no source. */
export const templates: { id: string; title: MessageId; source?: string }[] = [
  { id: 'hello', title: 'template.hello' },
  {
    id: 'json',
    title: 'template.json',
    source: `import type { FunctionContext } from '@lathe/cloud'

export function GET(ctx: FunctionContext) {
  return { query: ctx.query }
}

export function POST(ctx: FunctionContext) {
  return { received: ctx.body }
}
`,
  },
  {
    id: 'fetch',
    title: 'template.fetch',
    source: `export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    return Response.json({ method: request.method, pathname })
  },
}
`,
  },
  {
    id: 'stream',
    title: 'template.stream',
    source: `import { setTimeout as sleep } from 'node:timers/promises'
import type { FunctionContext } from '@lathe/cloud'

export default async function* (ctx: FunctionContext) {
  for (let i = 1; i <= 5 && !ctx.signal.aborted; i++) {
    yield \`line \${i}\\n\`
    await sleep(300)
  }
}
`,
  },
]
