import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SupervisorEvent } from '@lathe/shared'
import { expect, test } from 'vitest'
import { LogFile } from '../src/log-file.ts'
import { Runtimes } from '../src/runtimes.ts'
import { WarmRuntimes } from '../src/warm-runtimes.ts'

test('a runtime that is told to stop while it is being started is stopped, not left behind', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'lathe-runtimes-'))
  const events: SupervisorEvent[] = []
  const log = new LogFile(join(dir, 'warm.log'))
  const warm = new WarmRuntimes({ count: 0, dir, packages: dir, control: dir, log })
  const runtimes = new Runtimes((event) => events.push(event), dir, 'permission', warm)
  const instanceId = 'stopped-at-once'
  try {
    const starting = runtimes.handle({
      type: 'runtime-start',
      instanceId,
      appid: 'abcdef',
      env: {
        LATHE_LISTEN: join(dir, 'run', 'r.sock'),
        LATHE_APP_DIR: join(dir, 'app'),
        LATHE_CONTROL_SOCKET: join(dir, 'control', 'c.sock'),
      },
      memoryMb: 128,
      packages: dir,
    })
    await runtimes.handle({ type: 'runtime-stop', instanceId, graceMs: 1_000 })
    await starting
    expect(runtimes.list()).toEqual([])
    expect(events.map(({ type }) => type)).toEqual(['runtime-started', 'runtime-exit'])
  } finally {
    await runtimes.stopAll(0)
    await rm(dir, { recursive: true, force: true })
  }
})
