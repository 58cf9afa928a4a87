import fc from 'fast-check'
import { strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { readFiles } from '../src/features/transfer/read-files.ts'

const zip = (files: Record<string, Uint8Array>) =>
  new File([zipSync(files) as Uint8Array<ArrayBuffer>], 'app.zip')

test('functions are named by their paths; other files are passed over', async () => {
  const read = await readFiles([
    zip({
      'users/list.ts': strToU8('a'),
      'old.js': strToU8('b'),
      'types.d.ts': strToU8('c'),
      'a.md': strToU8('d'),
    }),
    new File(['e'], 'single.ts'),
  ])
  expect(read.functions).toEqual([
    { name: 'users/list', source: 'a' },
    { name: 'old', source: 'b' },
    { name: 'single', source: 'e' },
  ])
  expect(read.skipped).toBe(2)
  expect(read.refused).toEqual([])
})

test.for(['../up.ts', '/etc/passwd.ts', 'C:\\x.ts', 'a/../b.ts', 'a//b.ts', '.hidden.ts', 'a b.ts'])(
  '%s is no function’s name, and refused',
  async (path) => {
    const read = await readFiles([zip({ [path]: strToU8('x') })])
    expect(read.functions).toEqual([])
    expect(read.refused).toEqual([{ why: 'badPath', path }])
  },
)

test('an archive that claims to be small is not unpacked beyond its claim', async () => {
  const bomb = zipSync({ 'bomb.ts': new Uint8Array(900_000).fill(65) }, { level: 9 })
  // Both places of the uncompressed size say 10 bytes.
  const view = new DataView(bomb.buffer, bomb.byteOffset, bomb.byteLength)
  view.setUint32(22, 10, true)
  const directory = bomb.findLastIndex(
    (_, at) => at + 4 <= bomb.length && view.getUint32(at, true) === 0x02014b50,
  )
  view.setUint32(directory + 24, 10, true)
  const read = await readFiles([new File([bomb as Uint8Array<ArrayBuffer>], 'bomb.zip')])
  expect(read.functions.every(({ source }) => source.length <= 10)).toBe(true)
})

test('too large and unreadable files are named', async () => {
  const read = await readFiles([
    zip({ 'big.ts': new Uint8Array(1_000_001).fill(65), 'latin.ts': new Uint8Array([0xe9, 0x41]) }),
    new File(['no zip'], 'broken.zip'),
  ])
  expect(read.refused).toEqual([
    { why: 'tooLarge', path: 'big.ts' },
    { why: 'unreadable', path: 'latin.ts' },
    { why: 'unreadable', path: 'broken.zip' },
  ])
})

test('whatever bytes come as an archive, nothing throws', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      await readFiles([new File([bytes as Uint8Array<ArrayBuffer>], 'x.zip')])
    }),
  )
})
