import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { InstallRequest } from './installer.ts'

/**
 * Metadata is kept apart by what a team shows to the registries: what one team's token has opened, another team must
 * not find in a cache. Packages themselves are found by checksum alone.
 */
export function cacheOf({ shared, config }: InstallRequest): string {
  return join(shared.cache, createHash('sha256').update(config.npmrc).digest('hex').slice(0, 16))
}

/** Settings of pnpm, in its own words (https://pnpm.io/settings). */
export function pnpmSettings(request: InstallRequest): Record<string, unknown> {
  const { shared, folder, scripts, limits } = request
  const builds = scripts.length > 0
  return {
    storeDir: shared.store,
    cacheDir: cacheOf(request),
    // One folder per package, named by all that it is made of; see app-folder.ts.
    enableGlobalVirtualStore: true,
    virtualStoreDir: folder.storeFor(builds),
    // Clones or hard links where the file system can, copies elsewhere. Where scripts run, nothing is shared.
    packageImportMethod: builds ? 'copy' : 'auto',
    allowBuilds: Object.fromEntries(scripts.map((name) => [name, true])),
    strictDepBuilds: false,
    // What one app's scripts have built is not handed to another.
    sideEffectsCache: false,
    // Git, paths and addresses below a package are refused.
    blockExoticSubdeps: true,
    // An archive of little that unpacks to a lot is given up while it is unpacked.
    maxTarballUnpackedSize: limits.packageBytes,
    minimumReleaseAge: 0,
    autoInstallPeers: true,
    strictPeerDependencies: false,
    nodeVersion: process.versions.node,
    fetchRetries: 1,
    fetchRetryMintimeout: 300,
    fetchRetryMaxtimeout: 1_000,
    fetchTimeout: 30_000,
    updateNotifier: false,
  }
}
