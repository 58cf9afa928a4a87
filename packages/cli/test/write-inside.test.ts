import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, normalize, sep } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pathInside, writeInside } from '../src/write-inside.ts'

const part = fc.oneof(
  fc.constantFrom('..', '.', '', 'a', '__x__', '\\', 'C:', '\0'),
  fc.string({ maxLength: 6 }),
)

test('no name from a server leads out of the folder', () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      let path: string
      try {
        path = pathInside('/root/app', `functions/${parts.join('/')}.ts`)
      } catch (error) {
        expect(String(error)).toContain('is no path of a file in this folder')
        return
      }
      expect(normalize(path)).toBe(path)
      expect(path.startsWith(`/root/app${sep}functions${sep}`)).toBe(true)
    }),
  )
})

test.each(['../x', 'functions/../../x', '/etc/passwd', 'functions//x', 'functions/..\\x'])(
  'refuses %s before anything is written',
  async (path) => {
    const root = await mkdtemp(join(tmpdir(), 'lathe-inside-'))
    try {
      await expect(writeInside(root, path, 'text')).rejects.toThrow('is no path of a file')
      expect(await readdir(root)).toEqual([])
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  },
)
