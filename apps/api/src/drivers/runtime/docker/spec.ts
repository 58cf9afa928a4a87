import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { type ApiEnv, type RuntimeEnv, runtimeArgs } from '@lathe/shared'
import { databaseUrlInRuntime } from '../database-url.ts'
import type { RuntimeSpec } from '../runtime-driver.ts'
import { IN_IMAGE } from './image.ts'

/** The app's folder in a container: memory that goes with it. */
const APP_DIR = '/app'
const APP_DIR_BYTES = 64 * 1024 * 1024
const PIDS = 128
const NANO_CPUS = 1_000_000_000
/** Beside V8's old space: young generation, code, buffers, the keeper's heap, and the app's folder. */
const MEMORY_BESIDE_MB = 256

export const LABELS = { data: 'lathe.data', appid: 'lathe.appid', instance: 'lathe.instance' } as const

/** What a container of a runtime is, whether an engine or a swarm runs it. */
export interface ContainerSpec {
  image: string
  command: string[]
  env: string[]
  labels: Record<string, string>
  user: string
  dir: string
  mounts: { path: string; readOnly: boolean }[]
  tmpfs: { path: string; bytes: number }
  limits: { memoryBytes: number; nanoCpus: number; pids: number }
  replicas: number
}

/** Tells the containers of this Lathe from those of another on the same engine. */
export function dataLabel(env: ApiEnv): string {
  return createHash('sha256').update(env.LATHE_DATA).digest('hex').slice(0, 12)
}

/** Where a runtime listens. Replicas of a swarm share their folder, and are told apart by their slot. */
export function socketOf(env: ApiEnv, appid: string, instanceId: string, slot: number | string): string {
  return join(env.LATHE_RUN_DIR, appid, `${instanceId}.${slot}.sock`)
}

/**
 * The sockets' folders and the packages lie at the same paths as outside, so that addresses mean the same on both
 * sides. Nothing else of the machine is in there.
 * @param slot of the replica; for a swarm its template for it
 */
export function containerSpec(
  env: ApiEnv,
  image: string,
  spec: RuntimeSpec,
  slot: number | string,
): ContainerSpec {
  const { instanceId, appid, packages, memoryMb } = spec
  const sockets = join(env.LATHE_RUN_DIR, appid)
  const variables = {
    LATHE_APPID: appid,
    LATHE_INSTANCE_ID: instanceId,
    LATHE_INSTANCE_TOKEN: spec.token,
    LATHE_CONTROL_SOCKET: env.LATHE_CONTROL_SOCKET,
    LATHE_LISTEN: socketOf(env, appid, instanceId, slot),
    LATHE_APP_DIR: APP_DIR,
    LATHE_APP_MONGODB_URL: databaseUrlInRuntime(env, spec.databaseUrl),
    LATHE_PACKAGES_DIR: packages.dir,
    LATHE_ISOLATION: 'docker,permission,cgroup',
    ...(spec.side ? { LATHE_SIDE: spec.side } : {}),
  } satisfies RuntimeEnv
  return {
    image,
    command: [
      IN_IMAGE.node,
      ...runtimeArgs({
        entry: IN_IMAGE.entry,
        appDir: APP_DIR,
        socketPath: sockets,
        memoryMb,
        readable: [packages.root],
        addons: packages.nativeAddons,
      }),
    ],
    env: Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    labels: { [LABELS.data]: dataLabel(env), [LABELS.appid]: appid, [LABELS.instance]: instanceId },
    // Ours, without any of its capabilities: the sockets are for this user alone.
    user: `${process.getuid!()}:${process.getgid!()}`,
    dir: APP_DIR,
    mounts: [
      { path: dirname(env.LATHE_CONTROL_SOCKET), readOnly: true },
      { path: sockets, readOnly: false },
      { path: packages.root, readOnly: true },
    ],
    tmpfs: { path: APP_DIR, bytes: APP_DIR_BYTES },
    limits: { memoryBytes: (memoryMb + MEMORY_BESIDE_MB) * 1024 * 1024, nanoCpus: NANO_CPUS, pids: PIDS },
    replicas: spec.side ? 1 : env.LATHE_REPLICAS,
  }
}
