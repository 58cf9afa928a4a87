// Bare node:http, what everything else is measured against. Argument: port, or path of a Unix socket.
import { createServer, type ServerResponse } from 'node:http'
import { readThing } from './things.ts'

function send(response: ServerResponse, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

const where = process.argv[2]!
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  switch (request.url) {
    case '/json': {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => send(response, JSON.parse(Buffer.concat(chunks).toString())))
      return
    }
    case '/bytes':
      response.writeHead(200, { 'content-type': 'application/octet-stream' })
      request.pipe(response)
      return
    case '/database':
      readThing().then((thing) => send(response, thing))
      return
    case '/log':
      console.log('hello', request.url)
  }
  send(response, { hello: 'world' })
})
server.listen(/^\d+$/.test(where) ? { port: Number(where), host: '127.0.0.1' } : { path: where })
