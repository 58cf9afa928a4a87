import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import {
  CREDIT_BATCH,
  decodeAnswer,
  encodeRequest,
  FRAMES_PATH,
  FRAMES_PROTOCOL,
  FRAMES_WINDOW,
  Frame,
  FrameReader,
  FrameWriter,
} from '@lathe/wire'

interface Call {
  method: string
  client: Socket
  taken: number
  /** Bytes that the runtime takes at once. */
  credit: number
  req: IncomingMessage
}

/**
 * Speaks HTTP/1.1 to a test and frames to a runtime, as the gateway does, but passes everything on as it is: what a
 * runtime does can be tested over both by the same tests.
 */
export class FramesBridge {
  readonly #server: Server
  readonly #socket: Socket
  readonly #writer: FrameWriter
  readonly #calls = new Map<number, Call>()
  #last = 0

  private constructor(runtimePath: string) {
    this.#socket = connect(runtimePath)
    this.#writer = new FrameWriter(this.#socket)
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (req) => this.#send(req))
    this.#server.on('upgrade', (req, socket, head) => tunnel(req, socket as Socket, head, runtimePath))
    this.#server.on('checkContinue', (req) => this.#send(req))
    this.#socket
      .on('error', () => {})
      .on('close', () => {
        for (const { client } of this.#calls.values()) client.destroy()
        this.#calls.clear()
      })
  }

  static async start(path: string, runtimePath: string): Promise<FramesBridge> {
    const bridge = new FramesBridge(runtimePath)
    await bridge.#upgrade()
    await new Promise<void>((resolve) => bridge.#server.listen(path, resolve))
    return bridge
  }

  stop(): void {
    this.#socket.destroy()
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #upgrade(): Promise<void> {
    this.#socket.write(
      `GET ${FRAMES_PATH} HTTP/1.1\r\nHost: r\r\nConnection: Upgrade\r\nUpgrade: ${FRAMES_PROTOCOL}\r\n\r\n`,
    )
    const first = await new Promise<Buffer>((resolve) => this.#socket.once('data', resolve))
    const end = first.indexOf('\r\n\r\n')
    if (!first.toString('latin1').startsWith('HTTP/1.1 101 ')) throw new Error('the runtime refuses frames')
    const reader = new FrameReader([
      Frame.DATA,
      Frame.END,
      Frame.RESET,
      Frame.CREDIT,
      Frame.ANSWER,
      Frame.GOAWAY,
    ])
    const take = (bytes: Buffer) => {
      reader.push(bytes)
      while (reader.next()) this.#receive(reader)
      if (reader.broken) this.#socket.destroy(new Error('the runtime breaks the rules of framing'))
    }
    this.#socket.on('data', take)
    take(first.subarray(end + 4))
  }

  #send(req: IncomingMessage): void {
    const id = ++this.#last
    const client = req.socket
    const call: Call = { method: req.method!, client, taken: 0, credit: FRAMES_WINDOW, req }
    this.#calls.set(id, call)
    const hasBody =
      req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0
    let fields = ''
    for (let i = 0; i < req.rawHeaders.length; i += 2) {
      const name = req.rawHeaders[i]!.toLowerCase()
      if (!['x-request-id', 'x-lathe-run'].includes(name)) fields += `${name}: ${req.rawHeaders[i + 1]}\r\n`
    }
    const request = {
      method: req.method!,
      target: req.url!,
      requestId: String(req.headers['x-request-id'] ?? `bridge-request-${id}`),
      runToken: String(req.headers['x-lathe-run'] ?? ''),
      fields,
      hasBody,
      expectsContinue: req.headers.expect !== undefined,
    }
    this.#writer.text(Frame.REQUEST, id, encodeRequest(request))
    if (hasBody) {
      req.on('data', (bytes: Buffer) => {
        if (!this.#calls.has(id)) return
        this.#writer.data(id, bytes)
        call.credit -= bytes.length
        if (call.credit <= 0) req.pause()
      })
      req.on('end', () => this.#writer.signal(Frame.END, id))
    }
    client.on('close', () => {
      if (this.#calls.delete(id)) this.#writer.signal(Frame.RESET, id)
    })
    client.on('drain', () => this.#giveCredit(id, call))
  }

  #receive({ type, stream, bytes, start, end }: FrameReader): void {
    const call = this.#calls.get(stream)
    if (!call) return
    const { client } = call
    if (type === Frame.DATA) {
      call.taken += end - start
      if (client.write(bytes.subarray(start, end))) this.#giveCredit(stream, call)
      return
    }
    if (type === Frame.CREDIT) {
      call.credit += bytes.readUInt32LE(start)
      call.req.resume()
      return
    }
    this.#calls.delete(stream)
    call.req.resume()
    if (type === Frame.ANSWER) {
      const { status, fields, bodyStart } = decodeAnswer(bytes, start, end)!
      const body = call.method === 'HEAD' ? Buffer.alloc(0) : bytes.subarray(bodyStart, end)
      const length = status === 204 || status === 304 ? '' : `content-length: ${end - bodyStart}\r\n`
      client.write(`HTTP/1.1 ${status} As answered\r\n${fields}${length}connection: close\r\n\r\n`, 'latin1')
      client.end(body)
    } else if (type === Frame.END) client.end()
    else client.destroy()
  }

  #giveCredit(stream: number, call: Call): void {
    if (call.taken < CREDIT_BATCH || !this.#calls.has(stream)) return
    this.#writer.number(Frame.CREDIT, stream, call.taken)
    call.taken = 0
  }
}

/** WebSockets do not travel in frames. */
function tunnel(req: IncomingMessage, client: Socket, head: Buffer, runtimePath: string): void {
  const upstream = connect(runtimePath)
  let text = `${req.method} ${req.url} HTTP/1.1\r\n`
  for (let i = 0; i < req.rawHeaders.length; i += 2)
    text += `${req.rawHeaders[i]}: ${req.rawHeaders[i + 1]}\r\n`
  upstream.write(`${text}\r\n`)
  upstream.write(head)
  upstream.pipe(client).pipe(upstream)
  upstream.on('error', () => client.destroy())
  client.on('error', () => upstream.destroy())
}
