import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runtimeArgs } from '@lathe/shared/runtime-args'
import { build } from 'rolldown'
import config from '../../apps/runtime/rolldown.config.ts'
import { type Peer, startPeer } from './processes.ts'

const REPORTER = /\/observe\/reporter\.ts$/
const SILENT = fileURLToPath(new URL('../peers/silent-reporter.ts', import.meta.url))
const RUNTIME = fileURLToPath(new URL('../../apps/runtime', import.meta.url))

interface SilentRuntime {
  peer: Peer
  socketPath: string
}

/**
 * Starts a runtime that is built with a reporter that does nothing, and knows no api.
 * @param snapshot of an app's runtime: what it serves
 * @param folder for its program, its own folder and its socket
 * @returns the process, and the Unix socket it listens on
 */
export async function startSilentRuntime(snapshot: string, folder: string): Promise<SilentRuntime> {
  const dist = join(folder, 'runtime')
  await build({
    ...config,
    cwd: RUNTIME,
    output: { ...config.output, dir: dist },
    plugins: [
      {
        name: 'silent-reporter',
        resolveId: (source, importer) => (REPORTER.test(source) && importer !== SILENT ? SILENT : undefined),
      },
    ],
  })
  const appDir = join(folder, 'app')
  await mkdir(join(appDir, 'state'), { recursive: true })
  await copyFile(snapshot, join(appDir, 'state/snapshot.json'))
  const socketPath = join(folder, 'silent.sock')
  const args = runtimeArgs({ entry: join(dist, 'main.js'), appDir, socketPath, memoryMb: 256 })
  const env = {
    LATHE_APPID: 'silent',
    LATHE_INSTANCE_ID: 'silent-instance',
    LATHE_INSTANCE_TOKEN: 'x'.repeat(40),
    LATHE_CONTROL_SOCKET: join(folder, 'nobody.sock'),
    LATHE_LISTEN: socketPath,
    LATHE_APP_DIR: appDir,
    LATHE_APP_MONGODB_URL: 'mongodb://nobody:nothing@127.0.0.1/silent',
  }
  return { peer: await startPeer(args, { path: socketPath }, { env }), socketPath }
}
