import type { SidePurpose, Upstream } from '@lathe/shared'

export interface RuntimeSpec {
  instanceId: string
  appid: string
  /** With which it opens its control channel. */
  token: string
  /** Connection string of the app's own database. */
  databaseUrl: string
  memoryMb: number
  packages: {
    /** Folder whose `node_modules` functions import from. */
    dir: string
    /** What of packages it may read. */
    root: string
    nativeAddons: boolean
  }
  /** Of side runtimes: what for. They get a scratch folder, which goes with them, instead of the app's. */
  side?: SidePurpose
}

export interface RuntimeExit {
  instanceId: string
  /** `exit code 1` or `signal SIGKILL`. */
  how: string
  /** The last lines of its stderr. */
  stderr: string
}

/** How runtimes come to be and go. It obeys; the reconciler decides. Every call can be repeated. */
export interface RuntimeDriver extends AsyncDisposable {
  readonly name: string
  /** How many processes an instance is. */
  readonly replicas: number
  /** Where the replicas of an instance listen once it runs. */
  upstreams(appid: string, instanceId: string): Upstream[]
  start(spec: RuntimeSpec): Promise<void>
  /** Asks it to end, makes it end after `graceMs`, and resolves when it has ended. */
  stop(instanceId: string, graceMs: number): Promise<void>
  /** The instances that live now. */
  list(): Promise<{ instanceId: string; appid: string }[]>
  /** Removes what the app's runtimes have left behind. */
  removeApp(appid: string): Promise<void>
  /** Tells of every end, asked for or not. */
  onExit(listener: (exit: RuntimeExit) => void): void
}
