import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Command {
  command: string
  args: readonly string[]
}

/** What a program, its libraries, name resolution and TLS need of the system. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/etc']

export interface Walls {
  readable: readonly string[]
  writable: readonly string[]
  network: boolean
}

/**
 * Bubblewrap around a command that runs code of strangers (install scripts, a package's top level): namespaces of its
 * own, no capabilities, a read-only system, and of the data folder only what is named.
 */
export function inBubblewrap(
  { command, args }: Command,
  { readable, writable, network }: Walls,
  cwd?: string,
): Command {
  const node = realpathSync(process.execPath)
  return {
    command: 'bwrap',
    args: [
      ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
      ...(network ? [] : ['--unshare-net']),
      ...['--uid', '65534', '--gid', '65534', '--cap-drop', 'ALL', '--die-with-parent', '--new-session'],
      ...SYSTEM.flatMap(mountSystem),
      ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
      ...[dirname(node), ...readable].flatMap((path) => ['--ro-bind', path, path]),
      ...writable.flatMap((path) => ['--bind', path, path]),
      ...(cwd === undefined ? [] : ['--chdir', cwd]),
      '--',
      command,
      ...args,
    ],
  }
}

function mountSystem(path: string): string[] {
  if (!existsSync(path)) return []
  if (lstatSync(path).isSymbolicLink()) return ['--symlink', readlinkSync(path), path]
  return ['--ro-bind', path, path]
}
