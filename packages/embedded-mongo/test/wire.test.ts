import fc from 'fast-check'
import { BSON, Long } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crc32c } from '../src/wire/crc32c.ts'
import { frame, RawClient } from './raw-client.ts'
import { type Server, startTestServer } from './support.ts'

let server: Server
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const ping = BSON.serialize({ ping: 1, $db: 'admin' })

async function answers(bytes: Uint8Array): Promise<Record<string, unknown> | undefined> {
  const client = await RawClient.connect(server.address)
  try {
    return await client.send(bytes)
  } finally {
    client.close()
  }
}

async function stillServes(): Promise<void> {
  expect(await answers(frame(ping))).toMatchObject({ ok: 1 })
}

describe('a frame', () => {
  test('with a checksum is answered when it is right, and closes the connection when not', async () => {
    const withSum = (sum: (bytes: Buffer) => number) => {
      const whole = Buffer.concat([frame(ping, { flags: 1 }), Buffer.alloc(4)])
      whole.writeInt32LE(whole.length, 0)
      whole.writeUInt32LE(sum(whole.subarray(0, -4)), whole.length - 4)
      return whole
    }
    expect(await answers(withSum(crc32c))).toMatchObject({ ok: 1 })
    expect(await answers(withSum(() => 1))).toBeUndefined()
  })

  test('of the first hello may be an OP_QUERY', async () => {
    const body = BSON.serialize({ isMaster: 1, helloOk: true })
    const head = Buffer.concat([Buffer.alloc(20), Buffer.from('admin.$cmd\0'), Buffer.alloc(8)])
    head.writeInt32LE(-1, head.length - 4)
    head.writeInt32LE(2004, 12)
    const whole = Buffer.concat([head, body])
    whole.writeInt32LE(whole.length, 0)
    expect(await answers(whole)).toMatchObject({ ismaster: true, ok: 1, setName: 'lathe' })
  })

  test('that is cut into single bytes is put together', async () => {
    const client = await RawClient.connect(server.address)
    const whole = frame(ping)
    const reply = client.send(whole.subarray(0, 1))
    for (const byte of whole.subarray(1)) client.socket.write(Buffer.from([byte]))
    expect(await reply).toMatchObject({ ok: 1 })
    client.close()
  })

  test('that wants no answer gets none', async () => {
    const client = await RawClient.signedIn(server.address)
    client.socket.write(
      frame(BSON.serialize({ insert: 'quiet', documents: [{ _id: 1 }], $db: 'wire' }), { flags: 2 }),
    )
    expect(await client.command('wire', { count: 'quiet' })).toMatchObject({ n: 1 })
    client.close()
  })

  const hostile: [string, () => Uint8Array][] = [
    ['of negative length', () => patched((b) => b.writeInt32LE(-1, 0))],
    ['shorter than its header', () => patched((b) => b.writeInt32LE(15, 0))],
    ['of 2 GB', () => patched((b) => b.writeInt32LE(0x7fffffff, 0))],
    ['too large before signing in', () => patched((b) => b.writeInt32LE(1 << 20, 0))],
    ['with an unknown opcode', () => patched((b) => b.writeInt32LE(2012, 12))],
    ['with an unknown required flag', () => patched((b) => b.writeUInt32LE(8, 16))],
    ['with an unknown section', () => patched((b) => b.writeUInt8(2, 20))],
    ['with a document longer than itself', () => patched((b) => b.writeInt32LE(1000, 21))],
    ['with a document of negative length', () => patched((b) => b.writeInt32LE(-5, 21))],
    ['without a body', () => frame(new Uint8Array()).subarray(0, 20)],
    ['with two bodies', () => frame(Buffer.concat([ping, Buffer.from([0]), ping]))],
    ['nested 100,000 deep', () => frame(nested(20_000))],
  ]
  for (const [name, make] of hostile) {
    test(`${name} closes the connection, and the server serves on`, async () => {
      const bytes = Buffer.from(make())
      if (name === 'without a body') bytes.writeInt32LE(bytes.length, 0)
      expect(await answers(bytes)).toBeUndefined()
      await stillServes()
    })
  }

  function patched(change: (bytes: Buffer) => void): Buffer {
    const bytes = frame(ping)
    change(bytes)
    return bytes
  }

  function nested(depth: number): Buffer {
    const parts: Buffer[] = []
    const size = (d: number) => 5 + (d > 0 ? d * 8 : 0)
    for (let d = depth; d > 0; d--) {
      const head = Buffer.from([0, 0, 0, 0, 3, 0x61, 0])
      head.writeInt32LE(size(d), 0)
      parts.push(head)
    }
    parts.push(Buffer.from([5, 0, 0, 0, 0]), Buffer.alloc(depth))
    return Buffer.concat(parts)
  }

  test('with random damage never ends the server', async () => {
    const valid = frame(
      BSON.serialize({
        find: 'c',
        filter: { a: [1, { b: Long.fromNumber(5) }], s: 'text', d: new Date() },
        $db: 'x',
      }),
    )
    const damage = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const bytes = Buffer.from(valid)
        for (const [at, value] of changes) bytes[at] = value
        const client = await RawClient.signedIn(server.address)
        const reply = client.send(bytes)
        // A damaged length may leave the server waiting for more: closing our side ends that too.
        client.socket.end()
        await reply
        client.close()
      }),
      { numRuns: 60 },
    )
    await stillServes()
  })
})

test('before signing in only hello, ping and the like are answered', async () => {
  const client = await RawClient.connect(server.address)
  for (const body of [
    { find: 'x' },
    { listDatabases: 1 },
    { insert: 'x', documents: [{}] },
    { usersInfo: 1 },
    { nonsense: 1 },
    { getMore: 1n, collection: 'x' },
  ]) {
    expect(await client.command('admin', body)).toMatchObject({ ok: 0, code: 13 })
  }
  for (const body of [{ ping: 1 }, { hello: 1 }, { buildInfo: 1 }, { connectionStatus: 1 }]) {
    expect(await client.command('admin', body)).toMatchObject({ ok: 1 })
  }
  client.close()
})
