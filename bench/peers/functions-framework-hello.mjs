// The function that Google's functions-framework serves.
export function hello(request, response) {
  if (request.method === 'POST') {
    if (request.path === '/json') response.json(request.body)
    else response.type('application/octet-stream').send(request.rawBody)
    return
  }
  if (request.path === '/log') console.log('hello', request.url)
  response.json({ hello: 'world' })
}
