import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { access, chmod, constants, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Refusal } from './refusal.ts'

/** A Unix socket's path has at most 107 bytes; `<appid>/<instanceId>.sock` takes 53 of them. */
const RUN_DIR_MAX = 107 - 53

export interface DataFolder extends AsyncDisposable {
  root: string
  mongo: string
  apps: string
  logs: string
  routesFile: string
  /** Sockets; short enough for a Unix socket's path, else in the system's temporary folder. */
  run: string
}

/**
 * Makes the data folder and takes it for this process, so that two Lathes never write to one database.
 * @throws Refusal naming LATHE_DATA when it cannot be written or another Lathe uses it
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const root = await makeRoot(resolve(path))
  const inData = (name: string) => join(root, name)
  const local = inData('run')
  const run =
    Buffer.byteLength(local) <= RUN_DIR_MAX
      ? local
      : join(
          await realpath(tmpdir()),
          `lathe-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`,
        )
  for (const name of ['mongo', 'apps', 'logs']) await mkdir(inData(name), { recursive: true, mode: 0o700 })
  const lock = inData('lathe.pid')
  await takeLock(lock, root)
  await rm(run, { recursive: true, force: true })
  await rm(inData('scratch'), { recursive: true, force: true }) // of side runtimes that died with a server
  await mkdir(run, { recursive: true, mode: 0o700 })
  return {
    root,
    run,
    mongo: inData('mongo'),
    apps: inData('apps'),
    logs: inData('logs'),
    routesFile: inData('routes.json'),
    async [Symbol.asyncDispose]() {
      await rm(run, { recursive: true, force: true })
      await rm(lock, { force: true })
    },
  }
}

/** @returns the folder's real path: the runtimes' permission model compares real paths */
async function makeRoot(root: string): Promise<string> {
  try {
    await mkdir(root, { recursive: true, mode: 0o700 })
    await access(root, constants.W_OK)
    return await realpath(root)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new Refusal(
      'LATHE_DATA',
      `cannot write to ${root} (${reason}). Choose a folder that you may write to.`,
    )
  }
}

async function takeLock(lock: string, root: string): Promise<void> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const pid = Number(await readFile(lock, 'utf8').catch(() => ''))
    if (pid !== process.pid && (await isLathe(pid))) {
      throw new Refusal(
        'LATHE_DATA',
        `${root} is in use by another Lathe (process ${pid}). Stop it, or choose another folder.`,
      )
    }
    await writeFile(lock, String(process.pid), { mode: 0o600 })
  }
}

/** Whether a process lives and is one of ours; after a reboot its number may belong to anybody. */
async function isLathe(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  if (!existsSync('/proc/self/cmdline')) return true
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return command.includes('node')
}

/** The key that encrypts secrets at rest: made once, readable by its owner only. */
export async function readSecretKey(data: DataFolder, given: string | undefined): Promise<string> {
  if (given) return given
  const file = join(data.root, 'secret.key')
  const existing = await readFile(file, 'utf8').catch(() => null)
  if (existing !== null) {
    const key = existing.trim()
    if (key.length < 32)
      throw new Refusal(
        'LATHE_SECRET_KEY',
        `${file} is damaged: restore it from a backup, or set the key itself.`,
      )
    await chmod(file, 0o600)
    return key
  }
  const key = randomBytes(32).toString('hex')
  await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' })
  return key
}
