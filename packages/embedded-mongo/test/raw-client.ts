/** Speaks the wire protocol by hand, for what the driver does not let one say. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Binary, BSON } from 'mongodb'
import { ROOT } from './support.ts'

export function frame(body: Uint8Array, { requestId = 1, opCode = 2013, flags = 0 } = {}): Buffer {
  const out = Buffer.alloc(21 + body.length)
  out.writeInt32LE(out.length, 0)
  out.writeInt32LE(requestId, 4)
  out.writeInt32LE(opCode, 12)
  out.writeUInt32LE(flags, 16)
  out.set(body, 21)
  return out
}

export class RawClient {
  readonly socket: Socket
  #buffer = Buffer.alloc(0)
  #waiting: ((reply: Record<string, unknown> | undefined) => void)[] = []

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk])
      while (this.#buffer.length >= 16 && this.#buffer.length >= this.#buffer.readInt32LE(0)) {
        const length = this.#buffer.readInt32LE(0)
        const at = this.#buffer.readInt32LE(12) === 1 ? 36 : 21
        this.#waiting.shift()?.(BSON.deserialize(this.#buffer.subarray(at, length), { promoteValues: true }))
        this.#buffer = this.#buffer.subarray(length)
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      for (const resolve of this.#waiting.splice(0)) resolve(undefined)
    })
  }

  static async connect(address: string): Promise<RawClient> {
    const [host, port] = address.split(':')
    const socket = connect(Number(port), host)
    await once(socket, 'connect')
    return new RawClient(socket)
  }

  /** A connection of the root user. */
  static async signedIn(address: string): Promise<RawClient> {
    const client = await RawClient.connect(address)
    const hmac = (key: Uint8Array, text: string) => createHmac('sha256', key).update(text).digest()
    const first = `n=${ROOT.user},r=${randomBytes(18).toString('base64')}`
    const payload = (text: string) => new Binary(Buffer.from(text))
    const start = await client.command('admin', {
      saslStart: 1,
      mechanism: 'SCRAM-SHA-256',
      payload: payload(`n,,${first}`),
      options: { skipEmptyExchange: true },
    })
    const serverFirst = (start!.payload as Binary).toString('utf8')
    const fields = new Map(serverFirst.split(',').map((f) => [f[0], f.slice(2)]))
    const withoutProof = `c=biws,r=${fields.get('r')}`
    const salted = pbkdf2Sync(
      ROOT.password,
      Buffer.from(fields.get('s')!, 'base64'),
      Number(fields.get('i')),
      32,
      'sha256',
    )
    const clientKey = hmac(salted, 'Client Key')
    const signature = hmac(
      createHash('sha256').update(clientKey).digest(),
      `${first},${serverFirst},${withoutProof}`,
    )
    const proof = Buffer.from(clientKey.map((b, i) => b ^ signature[i]!)).toString('base64')
    const end = await client.command('admin', {
      saslContinue: 1,
      conversationId: start!.conversationId,
      payload: payload(`${withoutProof},p=${proof}`),
    })
    if (end?.ok !== 1) throw new Error(`sign-in failed: ${JSON.stringify(end)}`)
    return client
  }

  /** Sends bytes and answers the next reply; undefined when the connection is closed instead. */
  send(bytes: Uint8Array): Promise<Record<string, unknown> | undefined> {
    if (this.socket.destroyed) return Promise.resolve(undefined)
    const reply = new Promise<Record<string, unknown> | undefined>((resolve) => this.#waiting.push(resolve))
    this.socket.write(bytes)
    return reply
  }

  command(db: string, body: object): Promise<Record<string, unknown> | undefined> {
    return this.send(frame(BSON.serialize({ ...body, $db: db })))
  }

  close(): void {
    this.socket.destroy()
  }
}
