import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { processesOf, startSupervisor, temporaryFolder } from './process.ts'

/** Starts Lathe with settings it must refuse; returns the one line it says. */
async function refusalOf(env: Record<string, string>): Promise<string> {
  const lathe = startSupervisor(env)
  expect(await lathe.ended).not.toBe(0)
  const lines = lathe.output().trim().split('\n')
  expect(lines, lathe.output()).toHaveLength(1)
  return lines[0]!
}

test('a taken port is refused by one line that names LATHE_PORT', async () => {
  await using data = await temporaryFolder()
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const port = String((other.address() as AddressInfo).port)
  const line = await refusalOf({ LATHE_DATA: data.path, LATHE_PORT: port })
  other.close()
  expect(line).toMatch(/^LATHE_PORT: /)
  expect(line).toContain(port)
  expect(await processesOf(data.path)).toEqual([])
})

test('a MONGODB_URL where nothing answers is refused by one line that names it', async () => {
  await using data = await temporaryFolder()
  const url = 'mongodb://user:hunter2@127.0.0.1:9/?serverSelectionTimeoutMS=500'
  const line = await refusalOf({ LATHE_DATA: data.path, MONGODB_URL: url })
  expect(line).toMatch(/^MONGODB_URL: /)
  expect(line).not.toContain('hunter2')
  expect(await processesOf(data.path)).toEqual([])
})

test('a data folder that cannot be written is refused by one line that names LATHE_DATA', async () => {
  await using data = await temporaryFolder()
  await writeFile(join(data.path, 'file'), '')
  expect(await refusalOf({ LATHE_DATA: join(data.path, 'file', 'data') })).toMatch(/^LATHE_DATA: /)
})

test('a bad setting is refused by one line that names it', async () => {
  expect(await refusalOf({ LATHE_PORT: 'eighty' })).toMatch(/^LATHE_PORT: .*eighty/)
})
