/** What a new function begins as: it answers, it logs, and it shows where the request is. */
export const TEMPLATE = `import type { FunctionContext } from '@lathe/cloud'

export default async function (ctx: FunctionContext) {
  const name = ctx.query.name ?? 'world'
  console.log('saying hello to', name)
  return { hello: name }
}
`

/** What a new file of tests begins as: it says how to import a function, and how to call one over HTTP. */
export function testTemplate(name: string): string {
  const tested = name.replace(/\.test$/, '')
  return `import { describe, it } from 'node:test'
import { expect, request } from '@lathe/cloud/test'

describe('${tested}', () => {
  it('answers', async () => {
    const response = await request('/${tested}')
    expect(response.status).toBe(200)
  })
})
`
}
