import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
const EDITORS = fileURLToPath(new URL('../editors', import.meta.url))

/**
 * Pages with nothing but an editor, built as the console is and served by this process.
 * @param dir an empty folder for what is built
 */
export async function barePages(dir: string, names: string[]): Promise<{ url: string } & AsyncDisposable> {
  for (const name of names) {
    const root = join(dir, name)
    await build({
      root: EDITORS,
      base: `/${name}/`,
      logLevel: 'error',
      worker: { format: 'es' },
      build: { outDir: root, target: 'es2023', rolldownOptions: { input: join(EDITORS, `${name}.ts`) } },
    })
    await writeFile(join(root, 'index.html'), await pageOf(root, name))
  }
  const server = createServer(async (request, response) => {
    const path = request.url?.endsWith('/') ? `${request.url}index.html` : (request.url ?? '/')
    try {
      const body = await readFile(join(dir, path))
      response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream').end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The script that was built for an entry, and its styles, in a page. */
async function pageOf(root: string, name: string): Promise<string> {
  const assets = await readdir(join(root, 'assets'))
  const script = assets.find((file) => file.startsWith(`${name}-`) && file.endsWith('.js'))
  if (!script) throw new Error(`nothing was built for ${name}`)
  const styles = assets
    .filter((file) => file.endsWith('.css'))
    .map((file) => `<link rel="stylesheet" href="/${name}/assets/${file}">`)
  return `<!doctype html><style>html, body { height: 100%; margin: 0 }</style>${styles.join('')}<body><script type="module" src="/${name}/assets/${script}"></script>`
}
