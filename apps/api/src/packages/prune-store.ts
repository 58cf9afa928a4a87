import { join } from 'node:path'
import { runPnpm } from './pnpm.ts'
import { type SharedStore, Staging } from './staging.ts'

/**
 * Takes out of the shared store what no app's folder links to. Must not run beside an install.
 * @throws Error with what pnpm said
 */
export async function pruneStore(shared: SharedStore, signal: AbortSignal): Promise<void> {
  await using staging = await Staging.create(shared, 'prune')
  await staging.write({
    dependencies: {},
    lockfile: null,
    npmrc: '',
    // Pruning empties the cache of metadata as well: it is given one of its own, which has nothing.
    settings: { storeDir: shared.store, cacheDir: join(staging.dir, 'cache') },
  })
  const { code, error, stderr } = await runPnpm({
    dir: staging.dir,
    args: ['store', 'prune', '--yes'],
    env: { PATH: staging.dir },
    signal,
    onLine: () => {},
    onStart: (pid) => void staging.noteProcess(pid),
  })
  if (code !== 0) throw new Error(`pnpm store prune: ${error?.message ?? stderr}`)
}
