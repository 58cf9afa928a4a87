import { functionNameSchema, limits } from '@lathe/shared'
import { unzipSync } from 'fflate'

/** What keeps a hostile or mistaken archive from filling the page's memory. */
export const IMPORT_LIMITS = { files: limits.functionsPerApp, zipBytes: 50_000_000, totalBytes: 50_000_000 }

export type Refused =
  | { why: 'badPath' | 'tooLarge' | 'unreadable'; path: string }
  | { why: 'tooMany'; n: number }

export interface ReadFunctions {
  functions: { name: string; source: string }[]
  refused: Refused[]
  /** Files that are no source of a function: passed over. */
  skipped: number
}

interface Raw {
  path: string
  bytes: Uint8Array
}

/** The functions in zip and source files, by name; a later file of the same name counts. */
export async function readFiles(files: File[]): Promise<ReadFunctions> {
  const found: ReadFunctions = { functions: [], refused: [], skipped: 0 }
  const byName = new Map<string, string>()
  for (const file of files) {
    const path = file.webkitRelativePath || file.name
    const isZip = /\.zip$/i.test(path)
    if (file.size > (isZip ? IMPORT_LIMITS.zipBytes : limits.sourceBytes)) {
      found.refused.push({ why: 'tooLarge', path })
      continue
    }
    const bytes = new Uint8Array(await file.arrayBuffer())
    const raws = isZip ? unpack(path, bytes, found) : [{ path, bytes }]
    for (const raw of raws) take(raw, byName, found)
  }
  if (byName.size > IMPORT_LIMITS.files) {
    return { ...found, refused: [{ why: 'tooMany', n: IMPORT_LIMITS.files }] }
  }
  found.functions = [...byName].map(([name, source]) => ({ name, source }))
  return found
}

/** Sizes are taken from the archive's directory, and nothing is unpacked into more than that. */
function unpack(path: string, bytes: Uint8Array, found: ReadFunctions): Raw[] {
  let total = 0
  let files = 0
  try {
    const entries = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (name.endsWith('/') || !isSource(name)) {
          if (!name.endsWith('/')) found.skipped++
          return false
        }
        files++
        if (originalSize > limits.sourceBytes || total + originalSize > IMPORT_LIMITS.totalBytes) {
          found.refused.push({ why: 'tooLarge', path: name })
          return false
        }
        total += originalSize
        return files <= IMPORT_LIMITS.files
      },
    })
    if (files > IMPORT_LIMITS.files) {
      found.refused.push({ why: 'tooMany', n: IMPORT_LIMITS.files })
      return []
    }
    return Object.entries(entries).map(([name, content]) => ({ path: name, bytes: content }))
  } catch {
    found.refused.push({ why: 'unreadable', path })
    return []
  }
}

/** A function's name is its path; whatever is no name (`../`, `/etc`, drives, dots) is refused, not mended. */
function take({ path, bytes }: Raw, byName: Map<string, string>, found: ReadFunctions): void {
  if (!isSource(path)) {
    found.skipped++
    return
  }
  const name = path.replace(/\.[jt]s$/, '')
  if (!functionNameSchema.safeParse(name).success) {
    found.refused.push({ why: 'badPath', path })
    return
  }
  try {
    byName.set(name, new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    found.refused.push({ why: 'unreadable', path })
  }
}

function isSource(path: string): boolean {
  return /\.[jt]s$/.test(path) && !/\.d\.[jt]s$/.test(path) && !path.startsWith('__MACOSX/')
}
