/** Disks that are full or cannot be written: real ones, small file systems in memory, which only root may mount. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Collection } from 'mongodb'
import { expect, test } from 'vitest'
import { forkServer, startTestServer } from './support.ts'

class Disk {
  readonly path = mkdtempSync(join(tmpdir(), 'lathe-disk-'))
  constructor(megabytes: number) {
    mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.path)
  }
  remount(option: string): void {
    mount('-o', `remount,${option}`, this.path)
  }
  [Symbol.dispose](): void {
    execFileSync('umount', ['--lazy', this.path], { stdio: 'ignore' })
    rmdirSync(this.path)
  }
}

function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: 'ignore' })
}

function mayMount(): boolean {
  try {
    using _ = new Disk(1)
    return true
  } catch {
    return false
  }
}

const withDisks = test.skipIf(!mayMount())

interface Row {
  _id: number
  text: string
}
const row = (_id: number): Row => ({ _id, text: 'x'.repeat(10_000) })

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'done',
    (error) => error.code,
  )
}

/** Inserts until the server refuses; answers the error's code and how many it acknowledged. */
async function fill(c: Collection<Row>, from: number): Promise<{ code: unknown; next: number }> {
  for (let next = from; ; next++) {
    const code = await codeOf(c.insertOne(row(next)))
    if (code !== 'done') return { code, next }
  }
}

withDisks(
  'a full disk is an error, costs nothing that was acknowledged, and is over when there is room',
  async () => {
    using disk = new Disk(12)
    const ballast = join(disk.path, 'ballast')
    await writeFile(ballast, Buffer.alloc(4 * 1024 * 1024))
    const dataDir = join(disk.path, 'mongo')
    let kept: number
    {
      await using server = await startTestServer({ dataDir })
      const client = await server.client({ retryWrites: false })
      const c = client.db('full').collection<Row>('c')
      await c.createIndex({ text: 1 })
      const { code, next } = await fill(c, 0)
      expect(code).toBe(14031)
      expect(next).toBeGreaterThan(10)
      // Reading goes on, and so does refusing.
      expect(await c.countDocuments({ _id: { $gte: 0 } })).toBe(next)
      expect(await codeOf(c.insertOne(row(-1)))).toBe(14031)
      await client.withSession(async (session) => {
        session.startTransaction()
        await c.insertMany([row(-2), row(-3)], { session })
        expect(await codeOf(session.commitTransaction())).toBe(14031)
      })
      expect(await client.db('full').command({ validate: 'c' })).toMatchObject({ valid: true })
      await rm(ballast)
      const more = await fill(c, next)
      expect(more.next).toBeGreaterThan(next)
      kept = more.next
      await server.kill('SIGKILL')
    }
    // On a full disk it does not start; with room again the log is read back.
    const { report } = await forkServer({ LATHE_MONGO_DATA: dataDir })
    expect(report).toMatchObject({ type: 'refused', setting: 'LATHE_MONGO_DATA' })
    disk.remount('size=40m')
    await using again = await startTestServer({ dataDir })
    const db = (await again.client()).db('full')
    const ids = await db.collection<Row>('c').distinct('_id')
    expect(ids).toEqual(Array.from({ length: kept }, (_, i) => i))
    expect(await db.command({ validate: 'c' })).toMatchObject({ valid: true })
  },
)

withDisks('a folder on a read-only disk is refused at the start', async () => {
  using disk = new Disk(24)
  const dataDir = join(disk.path, 'mongo')
  {
    await using server = await startTestServer({ dataDir })
    await (await server.client()).db('ro').collection('c').insertOne({})
  }
  disk.remount('ro')
  const { report } = await forkServer({ LATHE_MONGO_DATA: dataDir })
  expect(report).toMatchObject({ type: 'refused', setting: 'LATHE_MONGO_DATA' })
  disk.remount('rw')
})
