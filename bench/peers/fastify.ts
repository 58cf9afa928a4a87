// Fastify as its documentation shows it, with a response schema. Argument: port.
import Fastify from 'fastify'
import { readThing } from './things.ts'

const server = Fastify({ keepAliveTimeout: 60_000, bodyLimit: 2 * 1024 * 1024 })
const schema = { response: { 200: { type: 'object', properties: { hello: { type: 'string' } } } } }
// Without a way to parse it the body stays a stream.
server.addContentTypeParser('application/octet-stream', (_, body, done) => done(null, body))
server.get('/hello', { schema }, async () => ({ hello: 'world' }))
server.get('/log', { schema }, async (request) => {
  console.log('hello', request.url)
  return { hello: 'world' }
})
server.get('/database', async () => readThing())
server.post('/json', async (request) => request.body)
server.post('/bytes', async (request, reply) => reply.type('application/octet-stream').send(request.body))
await server.listen({ port: Number(process.argv[2]), host: '127.0.0.1' })
