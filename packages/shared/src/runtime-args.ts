/** What a runtime process is started with; paths are absolute and, as the permission model compares them, real. */
export interface RuntimeArgsInput {
  /** `dist/main.js` of the runtime's bundle. */
  entry: string
  /** The app's own folder: the only one it may write. */
  appDir: string
  /** The Unix socket it listens on, or its folder: nothing but this may be made and unlinked. Without it the runtime listens on TCP. */
  socketPath?: string
  /** Megabytes of V8 old space. */
  memoryMb: number
  /** Further files and folders that may be read, e.g. a package store that `node_modules` links into. */
  readable?: readonly string[]
  /** Let native addons be loaded. */
  addons?: boolean
}

/**
 * The arguments of `node` for one runtime, with Node's permission model on: no child processes, no native addons,
 * no FFI, no WASI, and no files but the bundle and the app's own folder.
 *
 * What Node 26.10 needs beyond that, tried one by one: `--allow-net` even to listen on a Unix socket, `--allow-worker`
 * for the keeper thread, `--allow-inspector` for the watchdog's session on the main thread. The runtime closes workers
 * and the inspector to the app's code once its own are made. SIGUSR1 must not open a debug port.
 */
export function runtimeArgs(input: RuntimeArgsInput): string[] {
  const dist = input.entry.slice(0, input.entry.lastIndexOf('/')) || '/'
  const readable = [dist, input.appDir, ...(input.readable ?? [])]
  const writable = [input.appDir, ...(input.socketPath === undefined ? [] : [input.socketPath])]
  return [
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    ...writable.map((path) => `--allow-fs-write=${path}`),
    '--allow-net',
    '--allow-worker',
    '--allow-inspector',
    ...(input.addons ? ['--allow-addons'] : []),
    '--disable-sigusr1',
    // SQLite opens, attaches and writes any file of the machine: it knows nothing of the permission model.
    '--no-experimental-sqlite',
    // Functions are vm.SourceTextModules.
    '--experimental-vm-modules',
    // The watchdog terminates code that blocks the event loop. Under a timer's callback this leaves Node's async hook
    // stack uneven, for which it would abort the process; nothing of ours or of AsyncLocalStorage reads that stack.
    '--no-force-async-hooks-checks',
    // The warnings that these very flags cause; they would be the first lines of every app's log.
    '--disable-warning=PERM0001',
    '--disable-warning=PERM0004',
    '--disable-warning=PERM0006',
    '--disable-warning=ExperimentalWarning',
    `--max-old-space-size=${input.memoryMb}`,
    input.entry,
  ]
}
