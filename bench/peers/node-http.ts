// Bare node:http, what everything else is measured against. Argument: port, or path of a Unix socket.
import { createServer, type ServerResponse } from 'node:http'

function send(response: ServerResponse, type: string, body: string | Buffer): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

const where = process.argv[2]!
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.method === 'POST') {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      if (request.url === '/json')
        send(response, 'application/json', JSON.stringify(JSON.parse(body.toString())))
      else send(response, 'application/octet-stream', body)
    })
    return
  }
  if (request.url === '/log') console.log('hello', request.url)
  send(response, 'application/json', JSON.stringify({ hello: 'world' }))
})
server.listen(/^\d+$/.test(where) ? { port: Number(where), host: '127.0.0.1' } : { path: where })
