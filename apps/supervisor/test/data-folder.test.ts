import { mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDataFolder, readSecretKey } from '../src/data-folder.ts'
import { Refusal } from '../src/refusal.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'lathe-data-')))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a folder that cannot be made is refused, naming LATHE_DATA and the folder', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  const error = await openDataFolder(join(file, 'data')).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(Refusal)
  expect((error as Refusal).line).toContain('LATHE_DATA')
  expect((error as Refusal).line).toContain(file)
})

test('a second Lathe on the same folder is refused with the number of the first', async () => {
  await writeFile(join(folder, 'lathe.pid'), String(process.ppid))
  await expect(openDataFolder(folder)).rejects.toThrow(String(process.ppid))
})

test('a lock that a crash left behind is taken over', async () => {
  await writeFile(join(folder, 'lathe.pid'), '999999999')
  await using data = await openDataFolder(folder)
  expect(await readFile(join(data.root, 'lathe.pid'), 'utf8')).toBe(String(process.pid))
})

test('sockets fit into a path even when the data folder is deep', async () => {
  const deep = join(folder, 'd'.repeat(60), 'e'.repeat(60))
  await mkdir(deep, { recursive: true })
  await using data = await openDataFolder(deep)
  expect(Buffer.byteLength(join(data.run, 'abcdef', `${'i'.repeat(40)}.sock`))).toBeLessThanOrEqual(107)
})

test('the secret key is made once, for its owner alone', async () => {
  await using data = await openDataFolder(folder)
  const key = await readSecretKey(data, undefined)
  expect(key).toMatch(/^[0-9a-f]{64}$/)
  expect(await readSecretKey(data, undefined)).toBe(key)
  expect((await stat(join(folder, 'secret.key'))).mode & 0o777).toBe(0o600)
})

test('a damaged key file stops the start rather than making a new key', async () => {
  await using data = await openDataFolder(folder)
  await writeFile(join(folder, 'secret.key'), 'cut')
  await expect(readSecretKey(data, undefined)).rejects.toThrow('damaged')
})
