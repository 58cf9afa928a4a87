import { type ChildProcess, execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { usualSettings } from '@lathe/shared'
import type { Command } from './isolation.ts'
import type { LogFile } from './log-file.ts'
import { type AppFolders, run, type StartRequest, sandboxed } from './runtime-process.ts'
import { hasEnded } from './stop-process.ts'

/** After one was taken, the next is started: the app that took it answers first. */
const REFILL_MS = 500
const MAX_BACKOFF_MS = 60_000
const MOUNT_MS = 5_000

/**
 * A user and a mount namespace around the sandbox's own. `$1`: the slot, whose mounts from now on appear in the sandbox
 * as well (that is what `shared` means); `$2`: all packages, which can be read only in here, and so wherever they are
 * mounted from here. Flags that the file system is mounted with have to be named again in a user namespace.
 */
const STAGE = `set -e
mount --bind "$1" "$1"
mount --make-shared "$1"
mount --rbind "$2" "$2"
mount -o "remount,bind,$(findmnt -nfro VFS-OPTIONS -T "$2"),ro" "$2"
shift 2
exec "$@"`

/** In that namespace: mounts folders in pairs, the first of each in the place of the second. */
const MOUNT = `set -e
while [ $# -gt 0 ]; do mount --bind "$1" "$2"; shift 2; done`

interface Warm {
  child: ChildProcess
  slot: AppFolders
  /** It has loaded what it can without an app. */
  isReady: boolean
  onEnd(): void
}

export interface WarmRuntimesOptions {
  /** How many wait; 0 for none. */
  count: number
  /** A folder for the empty places that they see until they are taken. */
  dir: string
  /** The folder in which all apps' packages lie. */
  packages: string
  /** The control socket's folder. */
  control: string
  log: LogFile
}

/**
 * Runtimes that are started ahead, for whichever app starts next. Each sits behind the same walls as any, in front of
 * three empty folders; when it is taken, the folders of that app are mounted over them, and it is told whose it is. It
 * has seen nothing of any app before, and sees nothing of another after: it ends with this one.
 *
 * Only bubblewrap's walls have such places. What cannot be changed any more (the memory limit, native addons) is as most
 * apps have it; others are started from nothing, and so is whoever comes while none waits.
 */
export class WarmRuntimes {
  readonly #options: WarmRuntimesOptions
  readonly #all = new Set<Warm>()
  #made = 0
  #closed = false
  #backoff = REFILL_MS
  #filling: Promise<void> = Promise.resolve()

  constructor(options: WarmRuntimesOptions) {
    this.#options = options
  }

  /** Of those that wait. */
  pids(): number[] {
    return [...this.#all].flatMap(({ child, isReady }) => (isReady ? child.pid! : []))
  }

  /** Has as many as shall wait started; does not wait for them. */
  start(): Promise<void> {
    this.#filling = this.#filling.then(async () => {
      while (!this.#closed && this.#all.size < this.#options.count) await this.#add()
    })
    return this.#filling
  }

  /** @returns a process that has the app's folders and waits for its environment; null when none can be had */
  async take(request: StartRequest, folders: AppFolders): Promise<ChildProcess | null> {
    if (request.memoryMb !== usualSettings.memoryMb || request.addons) return null
    const warm = [...this.#all].find(({ isReady }) => isReady)
    if (!warm) return null
    this.#all.delete(warm)
    this.#refillIn(REFILL_MS)
    this.#backoff = REFILL_MS
    const { child, slot } = warm
    try {
      const pairs = [folders.app, slot.app, folders.run, slot.run, folders.packages, slot.packages]
      await inNamespaceOf(child, ['sh', '-c', MOUNT, 'sh', ...pairs])
    } catch (error) {
      this.#options.log.write(`The folders of ${request.appid} could not be mounted: ${error}\n`)
      child.kill('SIGKILL')
    }
    child.off('close', warm.onEnd)
    if (hasEnded(child) || this.#closed) {
      child.kill('SIGKILL')
      await removeSlot(slot)
      return null
    }
    for (const output of [child.stdout!, child.stderr!]) output.removeAllListeners('data')
    child.on('close', () => void removeSlot(slot))
    return child
  }

  /** Ends those that wait. */
  async stop(): Promise<void> {
    this.#closed = true
    await Promise.all(
      [...this.#all].map(async ({ child }) => {
        if (hasEnded(child)) return
        const gone = once(child, 'close')
        child.kill('SIGKILL')
        await gone
      }),
    )
  }

  async #add(): Promise<void> {
    const { dir, packages, control, log } = this.#options
    const at = join(dir, String(++this.#made))
    const slot = { app: join(at, 'app'), run: join(at, 'run'), packages: join(at, 'packages') }
    for (const folder of [packages, ...Object.values(slot)])
      await mkdir(folder, { recursive: true, mode: 0o700 })
    if (this.#closed) return
    const sandbox = sandboxed(slot, control, { memoryMb: usualSettings.memoryMb, addons: false })
    const child = run(staged(sandbox, at, packages), { PATH: process.env.PATH ?? '', LATHE_WARM: 'true' }, at)
    const warm: Warm = { child, slot, isReady: false, onEnd: () => this.#ended(warm) }
    this.#all.add(warm)
    child.stdin!.on('error', () => {})
    // The first that it says is that it is ready.
    child.stdout!.once('data', () => {
      warm.isReady = true
    })
    child.stderr!.on('data', (chunk: Buffer) => log.write(chunk))
    child.on('error', (error) => log.write(`${error.message}\n`))
    child.on('close', warm.onEnd)
  }

  #ended(warm: Warm): void {
    this.#all.delete(warm)
    void removeSlot(warm.slot)
    if (this.#closed) return
    if (warm.isReady) {
      this.#refillIn(this.#backoff)
      this.#backoff = Math.min(this.#backoff * 2, MAX_BACKOFF_MS)
    } else {
      this.#closed = true
      this.#options.log.write(
        'No runtime can be started ahead on this machine: all are started from nothing.\n',
      )
    }
  }

  #refillIn(ms: number): void {
    setTimeout(() => {
      this.start().catch((error: unknown) => this.#options.log.write(`${error}\n`))
    }, ms).unref()
  }
}

function staged({ command, args }: Command, slot: string, packages: string): Command {
  const namespaces = ['--user', '--map-root-user', '--mount', '--propagation', 'slave']
  return {
    command: 'unshare',
    args: [...namespaces, 'sh', '-c', STAGE, 'sh', slot, packages, command, ...args],
  }
}

/** Who owns a user namespace has all capabilities in it. */
async function inNamespaceOf({ pid }: ChildProcess, command: string[]): Promise<void> {
  const args = ['--target', String(pid), '--user', '--mount', '--preserve-credentials', ...command]
  await promisify(execFile)('nsenter', args, { timeout: MOUNT_MS })
}

async function removeSlot({ app }: AppFolders): Promise<void> {
  await rm(join(app, '..'), { recursive: true, force: true })
}
