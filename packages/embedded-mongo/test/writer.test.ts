import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Connection } from '../src/storage/connection.ts'
import { type Sync, Writer } from '../src/storage/writer.ts'

/** A disk whose syncs end when the test says so. */
class SlowDisk implements Sync {
  readonly syncs: PromiseWithResolvers<void>[] = []
  sync(): Promise<void> {
    const sync = Promise.withResolvers<void>()
    this.syncs.push(sync)
    return sync.promise
  }
  syncNow(): void {}
}

function writerOn(disk: SlowDisk) {
  const connection = new Connection(':memory:')
  connection.exec('CREATE TABLE t (n INTEGER)')
  const writer = new Writer(connection, disk)
  const acknowledged: number[] = []
  const insert = (n: number) => {
    const { durable } = writer.run(() => connection.run('INSERT INTO t VALUES (?)', n))
    return durable.then(() => acknowledged.push(n))
  }
  return { writer, insert, acknowledged, rows: () => connection.all('SELECT n FROM t').flat() }
}

test('what was written is acknowledged when the sync after its commit has ended, and not before', async () => {
  const disk = new SlowDisk()
  const { insert, acknowledged, rows } = writerOn(disk)
  const first = insert(1)
  await setImmediate()
  expect(rows()).toEqual([1])
  expect(acknowledged).toEqual([])
  disk.syncs[0]!.resolve()
  await first
  expect(acknowledged).toEqual([1])
})

test('commits made while the disk is busy share the next sync, which begins after them', async () => {
  const disk = new SlowDisk()
  const { insert, acknowledged, writer } = writerOn(disk)
  const all: Promise<unknown>[] = []
  for (const n of [1, 2, 3, 4]) {
    all.push(insert(n))
    writer.flush()
  }
  await setImmediate()
  expect(writer.commits).toBe(4)
  expect(disk.syncs).toHaveLength(1)
  disk.syncs[0]!.resolve()
  await all[0]
  await setImmediate()
  expect(acknowledged).toEqual([1])
  expect(disk.syncs).toHaveLength(2)
  disk.syncs[1]!.resolve()
  await Promise.all(all)
  expect(acknowledged).toEqual([1, 2, 3, 4])
  expect(disk.syncs).toHaveLength(2)
})

test('what was committed while a sync was under way that failed is not acknowledged by a second one', async () => {
  const disk = new SlowDisk()
  const { insert, acknowledged, writer } = writerOn(disk)
  const first = insert(1)
  writer.flush()
  const second = insert(2)
  writer.flush()
  const third = insert(3) // not committed yet
  const told = Promise.allSettled([first, second, third])
  disk.syncs[0]!.reject(new Error('EIO: i/o error, fdatasync'))
  expect((await told).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(disk.syncs).toHaveLength(1)
  expect(acknowledged).toEqual([])
})

test('a sync that fails is told to all who waited for it, and nothing is written afterwards', async () => {
  const disk = new SlowDisk()
  const { insert, acknowledged, writer, rows } = writerOn(disk)
  const failed = insert(1)
  await setImmediate()
  disk.syncs[0]!.reject(new Error('EIO: i/o error, fdatasync'))
  await expect(failed).rejects.toThrow(/the disk of the embedded database failed \(EIO/)
  expect(() => insert(2)).toThrow(/nothing more is written before a restart/)
  expect(() => writer.exclusive(() => {})).toThrow(/nothing more is written before a restart/)
  expect(acknowledged).toEqual([])
  expect(rows()).toEqual([1])
  writer.close()
})
