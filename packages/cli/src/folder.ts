import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { Api } from './api.ts'
import { readLogin } from './config/login.ts'
import { UsageError } from './usage-error.ts'
import { pathInside, writeInside } from './write-inside.ts'

const MANIFEST = 'lathe.json'
const STATE = '.lathe/state.json'

/** What a function was when this folder was last level with the server. */
export interface Base {
  liveRevision: number
  draftVersion: number
  /** SHA-256 of the source, hex. */
  sha256: string
}

/** An app as a folder: `lathe.json` says which; `.lathe/state.json` what it was level with (not for git). */
export class Folder {
  readonly path: string
  readonly appid: string
  bases: Record<string, Base> = {}

  constructor(path: string, appid: string) {
    this.path = path
    this.appid = appid
  }

  /** @throws UsageError for a lathe.json that names no app */
  static async read(path: string): Promise<Folder | null> {
    const manifest = await readJson(join(path, MANIFEST))
    if (manifest === null) return null
    if (typeof manifest.appid !== 'string') {
      throw new UsageError(`${join(path, MANIFEST)} names no app: it needs {"appid": "..."}.`)
    }
    const folder = new Folder(path, manifest.appid)
    folder.bases = ((await readJson(join(path, STATE))) ?? {}) as Record<string, Base>
    return folder
  }

  /** The sources in `functions/`, by name. */
  async sources(): Promise<Map<string, string>> {
    const root = join(this.path, 'functions')
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
    const found = new Map<string, string>()
    for (const entry of entries) {
      if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.d.ts')) continue
      const file = join(entry.parentPath, entry.name)
      const name = relative(root, file).slice(0, -'.ts'.length).split(sep).join('/')
      found.set(name, await readFile(file, 'utf8'))
    }
    return found
  }

  /** @throws UsageError for a name from the server that is no path below `functions/` */
  async write(name: string, source: string): Promise<void> {
    await writeInside(this.path, fileOf(name), source)
  }

  async remove(name: string): Promise<void> {
    await rm(pathInside(this.path, fileOf(name)), { force: true })
  }

  async saveState(): Promise<void> {
    await writeInside(this.path, STATE, `${JSON.stringify(this.bases, null, 2)}\n`)
  }
}

/** Where the source of a function is in an app's folder. */
export function fileOf(name: string): string {
  return `functions/${name}.ts`
}

/** The function that a word names: its name, or its file, as a shell completes it. */
export function nameOf(word: string): string {
  if (!word.endsWith('.ts')) return word
  return word.slice(0, -'.ts'.length).replace(/^(\.\/)?(functions\/)?/, '')
}

async function readJson(file: string): Promise<Record<string, unknown> | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {}
  throw new UsageError(`${file} is no JSON object: repair it, or delete it and run \`lathe pull <appid>\`.`)
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The folder in which the command was given. */
export async function here(): Promise<Folder> {
  const folder = await Folder.read('.')
  if (!folder) throw new UsageError('There is no lathe.json here: begin with `lathe pull <appid>`.')
  return folder
}

/** The API, and the app that `--app` or this folder names. */
export async function target(options: Record<string, string | boolean | undefined>) {
  const appid = typeof options.app === 'string' ? options.app : (await here()).appid
  return { api: new Api(await readLogin()), appid }
}
