// A reverse proxy as one writes it by hand on node:http with a keep-alive agent. Arguments: Unix socket behind, port.
import { Agent, createServer, request } from 'node:http'

const [socketPath, port] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true })
createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
  const { method, url, headers } = req
  const options = { socketPath: socketPath!, agent, method: method!, path: url!, headers }
  const upstream = request(options, (answer) => {
    res.writeHead(answer.statusCode!, answer.headers)
    answer.pipe(res)
  })
  upstream.on('error', () => res.destroy())
  req.pipe(upstream)
}).listen({ port: Number(port), host: '127.0.0.1' })
