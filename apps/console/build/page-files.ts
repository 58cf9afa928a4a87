import type { Plugin, Rolldown } from 'vite'

/** Pages that are opened by their address, and what they are made of beside the shell. */
const PAGES = [
  { path: '^/(apps/?)?$', modules: ['/src/features/apps/apps-page.tsx'] },
  {
    path: '^/apps/[^/]+/functions(/|$)',
    modules: [
      '/src/features/apps/app-layout.tsx',
      '/src/features/workspace/workspace-page.tsx',
      '/src/editor/editor-area.tsx',
    ],
  },
]

/** Smaller ones are there soon enough when they are imported, and their names would be most of the page. */
const WORTH_NAMING = 10_000

/**
 * Writes into the page which files an address will ask for, so that `public/boot.js` can ask for them before the shell
 * has been read and has found out.
 */
export function pageFiles(): Plugin {
  return {
    name: 'lathe:page-files',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle, chunk: entry }) => {
        if (!bundle || !entry) return
        const initial = reached(bundle, entry.fileName)
        const pages = PAGES.map(({ path, modules }) => {
          const files = new Set(modules.flatMap((module) => [...reached(bundle, fileOf(bundle, module))]))
          const named = [...files].filter((name) => !initial.has(name) && sizeOf(bundle, name) > WORTH_NAMING)
          return [path, named.map((name) => `/${name}`)]
        })
        const attrs = { name: 'page-files', content: JSON.stringify(pages) }
        return [{ tag: 'meta', attrs, injectTo: 'head-prepend' }]
      },
    },
  }
}

function chunkOf(bundle: Rolldown.OutputBundle, fileName: string): Rolldown.OutputChunk | null {
  const found = bundle[fileName]
  return found?.type === 'chunk' ? found : null
}

function fileOf(bundle: Rolldown.OutputBundle, module: string): string {
  const found = Object.values(bundle).find(
    (one) => one.type === 'chunk' && one.moduleIds.some((id) => id.endsWith(module)),
  )
  if (!found) throw new Error(`page-files: nothing was built of ${module}`)
  return found.fileName
}

/** A file and all that it imports before it runs. */
function reached(bundle: Rolldown.OutputBundle, fileName: string, known = new Set<string>()): Set<string> {
  if (known.has(fileName)) return known
  known.add(fileName)
  for (const next of chunkOf(bundle, fileName)?.imports ?? []) reached(bundle, next, known)
  return known
}

function sizeOf(bundle: Rolldown.OutputBundle, fileName: string): number {
  return chunkOf(bundle, fileName)?.code.length ?? 0
}
