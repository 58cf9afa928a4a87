// What every server with a fetch handler serves here: workerd and Deno.
export async function handle(request) {
  const { pathname } = new URL(request.url)
  if (request.method === 'POST') {
    if (pathname === '/json') return Response.json(await request.json())
    return new Response(await request.arrayBuffer(), {
      headers: { 'content-type': 'application/octet-stream' },
    })
  }
  if (pathname === '/log') console.log('hello', request.url)
  return Response.json({ hello: 'world' })
}
