import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { collect, revert } from './keep.ts'
import type { Packages } from './packages.ts'

/**
 * What a server does before it begins, about changes that an earlier one has left by being killed: ends their
 * processes, puts the previous sets back, says so, and removes what is half made.
 */
export async function recoverPackages(packages: Packages): Promise<void> {
  const { mongo, shared, log } = packages
  for (const name of await readdir(shared.staging).catch(() => [])) {
    const dir = join(shared.staging, name)
    await endProcess(dir)
    await rm(dir, { recursive: true, force: true, maxRetries: 3 })
  }
  const left = await mongo.dependencies
    .find({ $or: [{ 'change.state': 'running' }, { previous: { $ne: null } }] })
    .toArray()
  for (const { _id, change } of left) {
    await revert(packages, _id)
    await mongo.dependencies.updateOne(
      { _id, 'change.state': 'running' },
      {
        $set: {
          'change.state': 'failed',
          'change.failure': 'INTERRUPTED',
          'change.message': 'The server stopped meanwhile. Nothing has changed.',
        },
      },
    )
    await collect(packages, _id)
    log.warn(
      { appid: _id, title: change?.title },
      'a change of packages was interrupted: the previous set is in use',
    )
  }
}

/** The number may belong to somebody else by now: only a process that works in this folder is ended. */
async function endProcess(dir: string): Promise<void> {
  const pid = Number(await readFile(join(dir, 'pid'), 'utf8').catch(() => ''))
  if (!Number.isInteger(pid) || pid <= 1) return
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
  if (!environment.split('\0').includes(`HOME=${dir}`)) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {} // it has ended by itself
}
