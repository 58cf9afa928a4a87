import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Peers that are programs of 100 MB and more each: fetched for a run instead of being everyone's dependencies. */
const VERSIONS = { workerd: '1.20261117.1', deno: '2.9.6' }
const PACKAGES = {
  workerd: { x64: '@cloudflare/workerd-linux-64', arm64: '@cloudflare/workerd-linux-arm64' },
  deno: { x64: '@deno/linux-x64-glibc', arm64: '@deno/linux-arm64-glibc' },
}

export interface FetchedPrograms {
  workerd: string
  deno: string
}

/** Installs workerd and Deno from the npm registry into a folder. @returns the paths of their programs */
export async function fetchPrograms(folder: string): Promise<FetchedPrograms> {
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64'
  await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  const packages = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`)
  await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], {
    cwd: folder,
  })
  const modules = join(folder, 'node_modules')
  return {
    workerd: join(modules, PACKAGES.workerd[arch], 'bin/workerd'),
    deno: join(modules, PACKAGES.deno[arch], 'deno'),
  }
}
