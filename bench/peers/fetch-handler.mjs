// What every server with a fetch handler serves here: workerd and Deno.
export async function handle(request, readThing) {
  const { pathname } = new URL(request.url)
  switch (pathname) {
    case '/json':
      return Response.json(await request.json())
    case '/bytes':
      return new Response(request.body, { headers: { 'content-type': 'application/octet-stream' } })
    case '/database':
      return Response.json(await readThing())
    case '/log':
      console.log('hello', request.url)
  }
  return Response.json({ hello: 'world' })
}
