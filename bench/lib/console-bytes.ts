import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const DIST = fileURLToPath(new URL('../../apps/console/dist', import.meta.url))

const zipped = (bytes: Buffer) => gzipSync(bytes, { level: 9 }).length
const sum = (sizes: number[]) => sizes.reduce((all, one) => all + one, 0)

/** Bytes of the built console, gzip. */
export function consoleBytes() {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8')
  const names = [...html.matchAll(/(?:src|href)="\/?([^"]+\.(?:js|css))"/g)].map(([, name]) => name!)
  if (names.length === 0) throw new Error(`no scripts in ${readdirSync(DIST).join(', ')}`)
  const of = (files: string[]) => sum(files.map((name) => zipped(readFileSync(join(DIST, name)))))
  const assets = readdirSync(join(DIST, 'assets')).map((name) => `assets/${name}`)
  const like = (pattern: RegExp) => assets.filter((name) => pattern.test(name))
  return {
    /** The page, and what it loads before any of our code decides. */
    shell: zipped(Buffer.from(html)) + of(names),
    shellScripts: of(names.filter((name) => name.endsWith('.js'))),
    /** Monaco, its features and what is ours around it. */
    editor: of(
      like(/\/(?:editor\.api|editor-area|register|monaco|models|tsMode|typescript)-[^/]*\.(?:js|css)$/),
    ),
    editorWorker: of(like(/\/editor\.worker-[^/]*\.js$/)),
    typescriptWorker: of(like(/\/ts\.worker-[^/]*\.js$/)),
    formatter: of(like(/\/format\.worker-[^/]*\.js$/)),
  }
}
