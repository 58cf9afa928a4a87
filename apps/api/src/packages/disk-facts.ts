import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasInstallScripts, hasOwnTypes, licenseOf } from './manifest-facts.ts'
import type { Manifest } from './registry-client.ts'

/** What is known of an installed package from its files. */
export interface DiskFacts {
  name: string
  version: string
  bytes: number
  /** It brings files of machine code that Node would load. */
  native: boolean
  scripts: boolean
  types: boolean
  license: string | null
}

const KNOWN = 20_000
/** By folder: what stands in an app's store never changes. */
const known = new Map<string, DiskFacts>()

/** Facts of one package's folder in a store. */
export async function diskFacts(folder: string): Promise<DiskFacts> {
  const found = known.get(folder)
  if (found) return found
  const facts = await readFacts(folder)
  known.set(folder, facts)
  if (known.size > KNOWN) known.delete(known.keys().next().value as string)
  return facts
}

/** Reads the folder; packages nested in it by `bundledDependencies` are part of it. */
async function readFacts(folder: string): Promise<DiskFacts> {
  let bytes = 0
  let native = false
  let buildsNative = false
  const walk = async (dir: string): Promise<void> => {
    const entries = await readdir(dir, { withFileTypes: true })
    await Promise.all(
      entries.map(async (entry) => {
        const path = join(dir, entry.name)
        if (entry.isDirectory()) return walk(path)
        if (!entry.isFile()) return
        if (entry.name.endsWith('.node')) native = true
        if (entry.name === 'binding.gyp') buildsNative = true
        const { size } = await stat(path)
        bytes += size
      }),
    )
  }
  await walk(folder)
  const manifest = await readManifest(folder)
  return {
    name: String(manifest.name ?? ''),
    version: String(manifest.version ?? ''),
    bytes,
    native,
    scripts: hasInstallScripts(manifest) || buildsNative,
    types: hasOwnTypes(manifest),
    license: licenseOf(manifest.license),
  }
}

async function readManifest(folder: string): Promise<Manifest> {
  try {
    const parsed: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    return typeof parsed === 'object' && parsed !== null ? (parsed as Manifest) : {}
  } catch {
    return {}
  }
}
