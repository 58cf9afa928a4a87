import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { fileFields } from './security-headers.ts'

export interface ConsoleFile {
  /** Absolute paths by content coding; '' is the file itself. */
  variants: Map<'' | 'br' | 'gzip', { path: string; size: number }>
  type: string
  /** Quoted, of the content. */
  etag: string
  /** Its name holds a hash of its content: it may be kept for ever. */
  immutable: boolean
  html: boolean
}

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
}
const HASHED = /^\/assets\/.*[.-][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/
const CODINGS = [
  ['.br', 'br'],
  ['.gz', 'gzip'],
] as const

/**
 * The console's built files by their URL path. Only what was found by listing the folder is ever opened, so a path in a
 * request can name nothing else. Listed again when `index.html` changes: a new build takes over without a restart.
 */
export class ConsoleFiles {
  readonly #folder: string
  #files: Promise<Map<string, ConsoleFile>> | null = null
  #indexVersion = ''

  /** Header fields that every file is sent with. */
  readonly fields: string

  /** Addresses of the apps' WebSockets, for the page's policy. */
  readonly sockets: string

  /** @param behindTls whether browsers reach the console by TLS */
  constructor(folder: string, appsDomain: string, behindTls: boolean) {
    this.#folder = folder
    this.sockets = `${behindTls ? 'wss' : 'ws'}://*.${appsDomain}`
    this.fields = fileFields(behindTls)
  }

  /**
   * @param path of the URL, without the query; one of an app, or without a file extension, is a page of the console:
   * names of functions may have dots
   */
  async find(path: string): Promise<ConsoleFile | undefined> {
    const page = path.startsWith('/apps/') || extname(path) === ''
    if (page || !this.#files) await this.#refresh()
    const files = await this.#files!
    return files.get(page ? '/index.html' : path)
  }

  async #refresh(): Promise<void> {
    const index = await stat(join(this.#folder, 'index.html')).catch(() => null)
    const version = index ? `${index.mtimeMs} ${index.size} ${index.ino}` : 'none'
    if (this.#files && version === this.#indexVersion) return
    this.#indexVersion = version
    this.#files = list(this.#folder)
  }
}

async function list(folder: string): Promise<Map<string, ConsoleFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((): Dirent[] => [])
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const files = new Map<string, ConsoleFile>()
  for (const path of paths) {
    const type = TYPES[extname(path).toLowerCase()]
    if (type) files.set(`/${relative(folder, path).split(sep).join('/')}`, await describe(path, type, folder))
  }
  for (const path of paths) {
    for (const [suffix, coding] of CODINGS) {
      const plain = files.get(`/${relative(folder, path).split(sep).join('/').slice(0, -suffix.length)}`)
      if (path.endsWith(suffix) && plain) plain.variants.set(coding, { path, size: (await stat(path)).size })
    }
  }
  return files
}

async function describe(path: string, type: string, folder: string): Promise<ConsoleFile> {
  const bytes = await readFile(path)
  return {
    variants: new Map([['', { path, size: bytes.length }]]),
    type,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    immutable: HASHED.test(`/${relative(folder, path).split(sep).join('/')}`),
    html: type.startsWith('text/html'),
  }
}
