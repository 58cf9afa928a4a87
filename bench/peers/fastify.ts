// Fastify as its documentation shows it, with a response schema. Argument: port.
import Fastify from 'fastify'

const server = Fastify({ keepAliveTimeout: 60_000 })
const schema = { response: { 200: { type: 'object', properties: { hello: { type: 'string' } } } } }
server.get('/hello', { schema }, async () => ({ hello: 'world' }))
await server.listen({ port: Number(process.argv[2]), host: '127.0.0.1' })
