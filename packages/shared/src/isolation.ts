/** What the process of an app's code is kept in by the operating system, beside Node's permission model. */
export const isolations = ['permission', 'bwrap', 'docker'] as const
export type Isolation = (typeof isolations)[number]

/** A wall around a runtime, as it is reported: `cgroup` limits a container's memory, processor time and processes. */
export type Wall = Isolation | 'cgroup'

export interface Gap {
  /** Where it is open. */
  modes: readonly Isolation[]
  consequence: string
  /** What the operator can do about it. */
  action: string
}

const both = ['permission', 'bwrap'] as const

/**
 * What the walls around an app's code do not deny. docs/SECURITY.md has the same rows (a test compares them), the
 * console shows those that concern an app, and the corpus of escapes proves those that can be proved.
 */
export const gaps = {
  network: {
    modes: both,
    consequence: 'a function can connect to loopback services and to the internal network of the machine',
    action: 'firewall the machine, or run Lathe where nothing else listens',
  },
  'container-network': {
    modes: ['docker'],
    consequence:
      'a function can connect to whatever the container’s network leads to, the machine’s other addresses included',
    action: 'firewall the network of the containers',
  },
  'system-files': {
    modes: ['permission'],
    consequence:
      'system files and other apps’ files are denied by Node, not by the kernel: a hole in Node opens them',
    action: 'install bubblewrap',
  },
  'same-user': {
    modes: ['permission'],
    consequence: 'other apps’ runtimes run as the same system user: a hole in Node reaches them',
    action: 'install bubblewrap',
  },
  processor: {
    modes: both,
    consequence: 'an app can use a core as long as its functions’ time limits allow',
    action: 'use containers (LATHE_RUNTIME_DRIVER=docker)',
  },
  memory: {
    modes: both,
    consequence: 'memory outside of JavaScript’s heap (buffers, shared memory) is not limited',
    action: 'use containers (LATHE_RUNTIME_DRIVER=docker)',
  },
  disk: {
    modes: both,
    consequence: 'an app can fill the disk of its own folder; only packages have a quota',
    action: 'put the data folder on a disk of its own',
  },
  addons: {
    modes: isolations,
    consequence:
      'native addons, where an admin has allowed them, are machine code outside of Node’s permission model',
    action: 'allow them only for packages you trust',
  },
  registries: {
    modes: isolations,
    consequence: 'a team’s admin can name any address as a registry, the machine’s own network included',
    action: 'firewall the machine',
  },
  neighbours: {
    modes: isolations,
    consequence: 'functions of one app share a process and its globals',
    action: 'put what must not meet into different apps',
  },
} as const satisfies Record<string, Gap>
export type GapId = keyof typeof gaps

/** The rows that concern a runtime with these walls around it. */
export function gapsOf(walls: readonly string[]): GapId[] {
  const mode: Isolation = walls.includes('docker')
    ? 'docker'
    : walls.includes('bwrap')
      ? 'bwrap'
      : 'permission'
  return (Object.keys(gaps) as GapId[]).filter((id) => (gaps[id] as Gap).modes.includes(mode))
}
