// Bare node:http, what everything else is measured against. Argument: port, or path of a Unix socket.
import { createServer } from 'node:http'

const where = process.argv[2]!
const server = createServer({ keepAliveTimeout: 60_000 }, (_, response) => {
  const body = JSON.stringify({ hello: 'world' })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
})
server.listen(/^\d+$/.test(where) ? { port: Number(where), host: '127.0.0.1' } : { path: where })
