/**
 * A server that speaks just enough of MongoDB's wire protocol to answer everything with a constant: what a call
 * takes against it is the driver's own share. Run with the port to listen on.
 */
import { createServer, type Socket } from 'node:net'
import { BSON } from 'mongodb'

const HEADER = 16
const OP_QUERY = 2004

const hello = {
  helloOk: true,
  isWritablePrimary: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 21,
  ok: 1,
}
const found = {
  cursor: { firstBatch: [{ _id: 7, k: 7, g: 7, text: 'text 7' }], id: BSON.Long.ZERO, ns: 'bench.reads' },
  ok: 1,
}
const answers: Record<string, Uint8Array> = {
  hello: BSON.serialize(hello),
  ismaster: BSON.serialize(hello),
  find: BSON.serialize(found),
}
const done = BSON.serialize({ n: 1, nModified: 1, ok: 1 })

function answer(frame: Buffer): Buffer {
  const legacy = frame.readInt32LE(12) === OP_QUERY
  const at = legacy ? frame.indexOf(0, 20) + 9 : 21
  const name = frame.toString('utf8', at + 5, frame.indexOf(0, at + 5))
  const document = answers[name] ?? done
  const head = Buffer.alloc(HEADER + (legacy ? 20 : 5))
  head.writeInt32LE(head.length + document.length, 0)
  head.writeInt32LE(frame.readInt32LE(4), 8)
  head.writeInt32LE(legacy ? 1 : 2013, 12)
  if (legacy) head.writeInt32LE(1, 32)
  return Buffer.concat([head, document])
}

function serve(socket: Socket): void {
  let rest: Buffer = Buffer.alloc(0)
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= HEADER && rest.length >= rest.readInt32LE(0)) {
      const frame = rest.subarray(0, rest.readInt32LE(0))
      rest = rest.subarray(frame.length)
      socket.write(answer(frame))
    }
  })
}

createServer(serve).listen(Number(process.argv[2]), '127.0.0.1')
