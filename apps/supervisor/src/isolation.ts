import { execFile } from 'node:child_process'
import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Settings } from '@lathe/shared'
import { Refusal } from './refusal.ts'

/** The walls around a runtime: Node's permission model always stands; `bwrap` adds the operating system's. */
export type Isolation = 'bwrap' | 'permission'

export interface Command {
  command: string
  args: string[]
}

/** A file or folder, at the same path as outside or at another. */
export type Place = string | { path: string; at: string }

export interface Sandbox {
  readable: readonly Place[]
  writable: readonly Place[]
}

const node = realpathSync(process.execPath)

/** What a dynamically linked program, name resolution and TLS need of the system; nothing else of it is visible. */
const SYSTEM = [
  '/usr/lib',
  '/usr/lib64',
  '/lib',
  '/lib64',
  '/etc/ld.so.cache',
  '/etc/ssl',
  '/etc/pki',
  '/usr/share/ca-certificates',
  '/usr/share/zoneinfo',
  '/etc/localtime',
  '/etc/resolv.conf',
  '/etc/hosts',
  '/etc/nsswitch.conf',
]

/**
 * Chooses the isolation of this machine's runtimes by trying it: an installed bubblewrap says nothing of whether the
 * kernel lets it make namespaces.
 * @throws Refusal when `bwrap` is demanded and does not work
 */
export async function chooseIsolation(wanted: Settings['LATHE_ISOLATION']): Promise<Isolation> {
  if (wanted === 'permission') return 'permission'
  try {
    const { command, args } = inBubblewrap(['--eval', ''], { readable: [], writable: [] })
    await promisify(execFile)(command, args, { timeout: 10_000 })
    return 'bwrap'
  } catch (error) {
    if (wanted === 'auto') return 'permission'
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'it is not installed'
        : (error as Error).message.split('\n').at(-2)
    throw new Refusal(
      'LATHE_ISOLATION',
      `bubblewrap cannot be used here: ${reason}. Install it (Debian: apt-get install bubblewrap), or use auto.`,
    )
  }
}

/** The walls that stand under an isolation, as they are reported. */
export function wallsOf(isolation: Isolation): string[] {
  return isolation === 'bwrap' ? ['bwrap', 'permission'] : ['permission']
}

/** The command that runs Node with these arguments behind the chosen walls. */
export function nodeCommand(isolation: Isolation, args: string[], sandbox: Sandbox): Command {
  return isolation === 'bwrap' ? inBubblewrap(args, sandbox) : { command: node, args }
}

/**
 * Bubblewrap with namespaces of its own for users, processes, IPC, mounts and host name; no capabilities; a read-only
 * system. The network is shared: functions fetch, and the database listens on loopback.
 */
function inBubblewrap(args: string[], { readable, writable }: Sandbox): Command {
  return {
    command: 'bwrap',
    args: [
      ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
      ...['--uid', '65534', '--gid', '65534', '--hostname', 'lathe', '--cap-drop', 'ALL'],
      ...['--die-with-parent', '--new-session'],
      ...SYSTEM.flatMap(mountSystem),
      ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
      ...['--ro-bind', node, node],
      ...readable.flatMap((place) => ['--ro-bind', ...fromTo(place)]),
      ...writable.flatMap((place) => ['--bind', ...fromTo(place)]),
      '--',
      node,
      ...args,
    ],
  }
}

function fromTo(place: Place): [from: string, to: string] {
  return typeof place === 'string' ? [place, place] : [place.path, place.at]
}

/** `/lib` is a folder on some systems and a link into `/usr` on others. */
function mountSystem(path: string): string[] {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return []
  // A link that leaves the mounted folders (`/etc/resolv.conf` to `/run/...`) is mounted as what it points to.
  if (found.isSymbolicLink() && !path.startsWith('/etc/')) return ['--symlink', readlinkSync(path), path]
  return ['--ro-bind-try', path, path]
}
