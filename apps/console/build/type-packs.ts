import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { stripComments } from './strip-comments.ts'

/**
 * Type packs: what the in-browser language service knows of packages, each as one JSON file
 * `{ "/node_modules/<package>/<path>": "<text>" }` that the worker reads when a program first asks for it.
 * Node's and ours come from this workspace, so their versions are the ones that functions run with.
 */
const VIRTUAL = 'virtual:type-packs'
const RESOLVED = `\0${VIRTUAL}`

type Files = Record<string, string>

const packs: Record<string, () => Files> = {
  node: () => ({
    ...declarations('@types/node', { strip: true, skip: /\/ts\d/ }),
    ...declarations('undici-types', { strip: true, from: '@types/node' }),
  }),
  cloud: cloudTypes,
  mongodb: () => ({
    ...declarations('mongodb', { strip: true, only: /^mongodb\.d\.ts$/, from: '@lathe/cloud' }),
    ...declarations('bson', { strip: true, only: /^bson\.d\.ts$/, from: 'mongodb' }),
  }),
}

/** Where a package's folder is, seen from this package or from another one that depends on it. */
function folderOf(name: string, from?: string): string {
  const base = from ? folderOf(from, from === 'mongodb' ? '@lathe/cloud' : undefined) : import.meta.dirname
  for (let at = base; ; at = dirname(at)) {
    try {
      return realpathSync(join(at, 'node_modules', name))
    } catch {
      if (at === dirname(at)) throw new Error(`type-packs: package ${name} not found from ${base}`)
    }
  }
}

function declarations(
  name: string,
  opts: { strip: boolean; only?: RegExp; skip?: RegExp; from?: string },
): Files {
  const root = folderOf(name, opts.from)
  const files: Files = {}
  const manifest = createRequire(import.meta.url)(join(root, 'package.json')) as {
    version: string
    types?: string
    typings?: string
  }
  files[`/node_modules/${name}/package.json`] = JSON.stringify({
    name,
    version: manifest.version,
    types: manifest.types ?? manifest.typings,
  })
  for (const path of walk(root)) {
    const inside = relative(root, path)
    if (!/\.d\.[cm]?ts$/.test(inside) || opts.skip?.test(`/${inside}`)) continue
    if (opts.only && !opts.only.test(inside)) continue
    const text = readFileSync(path, 'utf8')
    files[`/node_modules/${name}/${inside}`] = opts.strip ? stripComments(text) : text
  }
  return files
}

/** `@lathe/cloud` is TypeScript source: it is its own declaration, and its comments are the hover texts. */
function cloudTypes(): Files {
  const root = dirname(dirname(fileURLToPath(import.meta.resolve('@lathe/cloud'))))
  const files: Files = {}
  for (const path of walk(join(root, 'src'))) {
    if (path.endsWith('.ts'))
      files[`/node_modules/@lathe/cloud/${relative(root, path)}`] = readFileSync(path, 'utf8')
  }
  files['/node_modules/@lathe/cloud/package.json'] = JSON.stringify({
    name: '@lathe/cloud',
    exports: { '.': './src/index.ts', './lafjs': './src/lafjs.ts', './test': './src/test.ts' },
  })
  files['/node_modules/@lafjs/cloud/package.json'] = JSON.stringify({
    name: '@lafjs/cloud',
    types: 'index.d.ts',
  })
  files['/node_modules/@lafjs/cloud/index.d.ts'] =
    "export * from '@lathe/cloud/lafjs'\nexport { default } from '@lathe/cloud/lafjs'\n"
  return files
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(path)
    return [path]
  })
}

/** `import { packUrls } from 'virtual:type-packs'`: the address of every pack, by name. */
export function typePacks(): Plugin {
  let serving = false
  return {
    name: 'lathe:type-packs',
    configResolved(config) {
      serving = config.command === 'serve'
    },
    configureServer(server) {
      server.middlewares.use('/@type-packs/', (req, res, next) => {
        const pack = packs[(req.url ?? '').replace(/^\/|\.json.*$/g, '')]
        if (!pack) return next()
        res.setHeader('content-type', 'application/json')
        res.end(JSON.stringify(pack()))
      })
    },
    resolveId(id) {
      return id === VIRTUAL ? RESOLVED : undefined
    },
    load(id) {
      if (id !== RESOLVED) return undefined
      const entries = Object.entries(packs).map(([name, files]) => {
        if (serving) return `${name}: '/@type-packs/${name}.json'`
        const ref = this.emitFile({
          type: 'asset',
          name: `types-${name}.json`,
          source: JSON.stringify(files()),
        })
        return `${name}: import.meta.ROLLUP_FILE_URL_${ref}`
      })
      return `export const packUrls = { ${entries.join(', ')} }`
    },
  }
}
