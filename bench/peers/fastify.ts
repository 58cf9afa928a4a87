// Fastify as its documentation shows it, with a response schema. Argument: port.
import Fastify from 'fastify'

const server = Fastify({ keepAliveTimeout: 60_000, bodyLimit: 2 * 1024 * 1024 })
const schema = { response: { 200: { type: 'object', properties: { hello: { type: 'string' } } } } }
server.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_, body, done) =>
  done(null, body),
)
server.get('/hello', { schema }, async () => ({ hello: 'world' }))
server.get('/log', { schema }, async (request) => {
  console.log('hello', request.url)
  return { hello: 'world' }
})
server.post('/json', async (request) => request.body)
server.post('/bytes', async (request) => request.body)
await server.listen({ port: Number(process.argv[2]), host: '127.0.0.1' })
