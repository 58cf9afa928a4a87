import { readFileSync } from 'node:fs'
import { type Gap, gaps, gapsOf, isolations } from '@lathe/shared'
import { expect, test } from 'vitest'

const page = readFileSync(new URL('../../../docs/SECURITY.md', import.meta.url), 'utf8')

test('docs/SECURITY.md has the very rows of the table', () => {
  const section = page.split('### What these walls do not deny')[1]!.split('\n## ')[0]!
  const rows = section.split('\n').filter((line) => line.startsWith('| `'))
  expect(rows).toEqual(
    Object.entries<Gap>(gaps).map(([id, { modes, consequence, action }]) => {
      const where = modes.length === isolations.length ? 'all' : modes.join(', ')
      return `| \`${id}\` | ${where} | ${consequence} | ${action} |`
    }),
  )
})

test('an app is told of the gaps of its own walls', () => {
  expect(gapsOf(['permission'])).toContain('system-files')
  expect(gapsOf(['bwrap', 'permission'])).not.toContain('system-files')
  expect(gapsOf(['bwrap', 'permission'])).toContain('memory')
  expect(gapsOf(['docker', 'permission', 'cgroup'])).not.toContain('memory')
  expect(gapsOf(['docker', 'permission', 'cgroup'])).toContain('container-network')
})
