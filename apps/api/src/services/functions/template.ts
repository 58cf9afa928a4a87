/** What a new function begins as: it answers, it logs, and it shows where the request is. */
export const TEMPLATE = `import type { FunctionContext } from '@lathe/cloud'

export default async function (ctx: FunctionContext) {
  const name = ctx.query.name ?? 'world'
  console.log('saying hello to', name)
  return { hello: name }
}
`
