import cloud, { type FunctionContext } from '@lathe/cloud'

/** Passes requests on to UPSTREAM (set it under Environment variables), which visitors never see. */
export default async function (ctx: FunctionContext) {
  const upstream = cloud.env.UPSTREAM
  if (!upstream) return Response.json({ error: 'UPSTREAM is not set' }, { status: 500 })
  const { search } = new URL(ctx.webRequest.url)
  const target = new URL(upstream.replace(/\/$/, '') + ctx.path + search)
  const headers = new Headers(ctx.webRequest.headers)
  // What concerns this connection alone, or what the upstream must not learn.
  for (const name of ['host', 'connection', 'content-length', 'cookie', 'authorization']) headers.delete(name)
  const hasBody = ctx.method !== 'GET' && ctx.method !== 'HEAD'
  const answer = await fetch(target, {
    method: ctx.method,
    headers,
    body: hasBody ? await ctx.webRequest.arrayBuffer() : null,
    signal: ctx.signal,
    redirect: 'manual',
  })
  const passed = new Headers(answer.headers)
  // fetch has unpacked the body already.
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding', 'connection'])
    passed.delete(name)
  return new Response(answer.body, { status: answer.status, headers: passed })
}
