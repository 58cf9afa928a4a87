import { type IncomingHttpHeaders, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { connect, type Socket } from 'node:net'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

export interface Ask extends RequestOptions {
  body?: string | Buffer
}

/** One request on a connection of its own. */
export function ask(port: number, host: string, path = '/', { body, ...options }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request({
      port,
      host: '127.0.0.1',
      path,
      agent: false,
      ...options,
      headers: { host, ...options.headers },
    })
    req.on('error', reject)
    req.on('response', (response) => resolve(collect(response)))
    req.end(body)
  })
}

export async function collect(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString() }
}

/** A socket whose received text grows in `text`; `closed` resolves when the other side has closed it. */
export interface RawClient {
  socket: Socket
  text: string
  closed: Promise<void>
}

export function rawClient(port: number, ...writes: (string | Buffer)[]): RawClient {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const client: RawClient = { socket, text: '', closed: Promise.resolve() }
  client.closed = new Promise((resolve) => {
    socket.on('end', () => {
      socket.end()
      resolve()
    })
    socket.on('close', () => resolve())
  })
  socket.on('error', () => {})
  socket.on('data', (bytes) => {
    client.text += bytes.toString('latin1')
  })
  for (const text of writes) socket.write(text)
  return client
}

/** Sends bytes and resolves with all that is answered until the gateway closes. */
export async function rawAnswer(port: number, ...writes: (string | Buffer)[]): Promise<string> {
  const client = rawClient(port, ...writes)
  await client.closed
  client.socket.destroy()
  return client.text
}
