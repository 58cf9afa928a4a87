import { type ChildProcess, spawn } from 'node:child_process'
import { basename, dirname, join, relative } from 'node:path'
import { runtimeArgs, type SupervisorRequest } from '@lathe/shared'
import { type Command, type Isolation, nodeCommand, wallsOf } from './isolation.ts'
import { programs } from './paths.ts'

export type StartRequest = Extract<SupervisorRequest, { type: 'runtime-start' }>

/** What of the machine is an app's alone. */
export interface AppFolders {
  /** What it may write. */
  app: string
  /** Where its socket comes to be. */
  run: string
  /** What it may read of packages. */
  packages: string
}

/**
 * Where bubblewrap shows an app its folders: at the same places to each, so that a process can be started before it is
 * known whose runtime it becomes, and so that an app finds its files where it left them however it was started.
 */
const INSIDE: AppFolders = { app: '/lathe/app', run: '/lathe/run', packages: '/lathe/packages' }

interface Limits {
  memoryMb: number
  addons: boolean
}

/** @returns null when the environment lacks what every runtime needs */
export function foldersOf({ env, packages }: StartRequest): AppFolders | null {
  const { LATHE_LISTEN: socketPath, LATHE_APP_DIR: app, LATHE_CONTROL_SOCKET: controlSocket } = env
  if (!socketPath || !app || !controlSocket || !packages) return null
  return { app, run: dirname(socketPath), packages }
}

/** The environment of a request as it is right behind the walls. */
export function environmentBehind(isolation: Isolation, { env, packages }: StartRequest) {
  const walls = { LATHE_ISOLATION: wallsOf(isolation).join(',') }
  if (isolation !== 'bwrap') return { ...env, ...walls }
  return {
    ...env,
    ...walls,
    LATHE_APP_DIR: INSIDE.app,
    LATHE_LISTEN: join(INSIDE.run, basename(env.LATHE_LISTEN!)),
    LATHE_PACKAGES_DIR: join(INSIDE.packages, relative(packages!, env.LATHE_PACKAGES_DIR ?? packages!)),
  }
}

/** Starts a runtime of a known app. */
export function startProcess(isolation: Isolation, request: StartRequest, folders: AppFolders): ChildProcess {
  const { env, memoryMb, addons = false } = request
  const limits = { memoryMb, addons }
  const control = dirname(env.LATHE_CONTROL_SOCKET!)
  const command =
    isolation === 'bwrap'
      ? sandboxed(folders, control, limits)
      : unsandboxed(folders, env.LATHE_LISTEN!, limits)
  return run(command, environmentBehind(isolation, request), folders.app)
}

/**
 * A runtime behind bubblewrap that sees these folders, whatever is in them.
 * @param control the control socket's folder, not the socket: an api that restarts makes a new one
 */
export function sandboxed(folders: AppFolders, control: string, limits: Limits): Command {
  return nodeCommand('bwrap', argsFor(INSIDE, INSIDE.run, limits), {
    readable: [dirname(programs.runtime), control, { path: folders.packages, at: INSIDE.packages }],
    writable: [
      { path: folders.app, at: INSIDE.app },
      { path: folders.run, at: INSIDE.run },
    ],
  })
}

function unsandboxed(folders: AppFolders, socketPath: string, limits: Limits): Command {
  return nodeCommand('permission', argsFor(folders, socketPath, limits), { readable: [], writable: [] })
}

/** @param socketPath the socket, or the folder in which it comes to be */
function argsFor({ app, packages }: AppFolders, socketPath: string, limits: Limits): string[] {
  return runtimeArgs({
    entry: programs.runtime,
    appDir: app,
    socketPath,
    readable: [packages],
    ...limits,
  })
}

/** In a process group of its own, with the lifeline to this process as its standard input. */
export function run({ command, args }: Command, env: Record<string, string>, cwd: string): ChildProcess {
  return spawn(command, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
}
