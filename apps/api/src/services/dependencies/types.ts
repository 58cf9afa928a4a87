import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type ExportedNames, typesPackageOf } from '@lathe/shared'
import { rcompare, valid } from 'semver'
import { type DiskFacts, diskFacts } from '../../packages/disk-facts.ts'
import { exportedNames } from '../../packages/exported-names.ts'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'

/** What one package's declarations may have; a larger one is left out, and its imports are `any`. */
const MAX_BYTES = 20_000_000
const DECLARATION = /\.d\.(?:ts|mts|cts)$|\.d\.\w+\.ts$/

type Found = DiskFacts & { folder: string; direct: boolean }

/** Packages of the app's set whose types the editor can read: name -> version, those below included. */
export async function typedPackages(request: SignedRequest, appid: string): Promise<Record<string, string>> {
  const found = (await packagesOf(request, appid)).filter(
    ({ name, types }) => types || name.startsWith('@types/'),
  )
  // Of several versions the one that the app asked for counts, else the newest.
  found.sort((a, b) => Number(b.direct) - Number(a.direct) || compare(a.version, b.version))
  const versions: Record<string, string> = {}
  for (const { name, version } of found) versions[name] ??= version
  return versions
}

/** The declarations of one package, by path under `/node_modules`. What is given for a name and version never changes. */
export async function declarationsOf(
  request: SignedRequest,
  appid: string,
  name: string,
  version: string,
): Promise<Record<string, string>> {
  const all = await packagesOf(request, appid)
  const found = all.find((one) => one.name === name && one.version === version)
  if (!found) throw notFound('package', `${name}@${version}`)
  const files: Record<string, string> = {}
  let bytes = 0
  const walk = async (dir: string): Promise<void> => {
    for (const entry of await readdir(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name)
      if (entry.isDirectory() && entry.name !== 'node_modules') await walk(path)
      else if (entry.isFile() && (DECLARATION.test(entry.name) || entry.name === 'package.json')) {
        const text = await readFile(path, 'utf8')
        bytes += text.length
        if (bytes > MAX_BYTES) return
        files[`/node_modules/${name}/${relative(found.folder, path)}`] = text
      }
    }
  }
  await walk(found.folder)
  return bytes > MAX_BYTES ? {} : files
}

/** What the packages export that the app asked for itself, by package: for imports that nobody has written yet. */
export async function exportsOfPackages(
  request: SignedRequest,
  appid: string,
): Promise<Record<string, ExportedNames>> {
  const all = await packagesOf(request, appid)
  const direct = all.filter((one) => one.direct && !one.name.startsWith('@types/'))
  const exported: Record<string, ExportedNames> = {}
  // One after the other: the threads that parse are the process's own.
  for (const { name, types, folder } of direct) {
    const declared = types ? folder : all.find((one) => one.name === typesPackageOf(name))?.folder
    if (declared) exported[name] = await exportedNames(name, declared)
  }
  return exported
}

async function packagesOf(request: SignedRequest, appid: string): Promise<Found[]> {
  appOf(request, appid)
  const { packages } = request.context.dependencies
  const doc = await packages.ensure(appid)
  const folder = packages.folder(appid)
  const direct = new Set((await folder.links(doc.generation)).values())
  const folders = [...(await folder.reachable(direct))]
  return Promise.all(
    folders.map(async (path) => ({ ...(await diskFacts(path)), folder: path, direct: direct.has(path) })),
  )
}

function compare(a: string, b: string): number {
  return valid(a) && valid(b) ? rcompare(a, b) : 0
}
