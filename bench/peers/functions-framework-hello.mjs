// The function that Google's functions-framework serves. It reads bodies whole before it calls a function.
import { readThing } from './things.ts'

export function hello(request, response) {
  switch (request.path) {
    case '/json':
      response.json(request.body)
      return
    case '/bytes':
      response.type('application/octet-stream').send(request.rawBody)
      return
    case '/database':
      return readThing().then((thing) => response.json(thing))
    case '/log':
      console.log('hello', request.url)
  }
  response.json({ hello: 'world' })
}
