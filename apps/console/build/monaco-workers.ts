import type { Plugin } from 'vite'

const LIBRARIES = /typescript\/lib\/lib\.js(?:\?|$)/
const ENTRY = /^(?=libFileMap\[")/m
const OF_BROWSERS = /^libFileMap\["lib\.(?:dom|webworker|scripthost)/

/** Functions run on Node: the worker's copies of the browser's libraries are never read, so they are left out. */
export function dropBrowserLibs(): Plugin {
  return {
    name: 'lathe:drop-browser-libs',
    enforce: 'pre',
    transform(code, id) {
      if (!LIBRARIES.test(id)) return undefined
      const [head = '', ...entries] = code.split(ENTRY)
      const last = entries.pop() ?? ''
      const kept = entries.filter((entry) => !OF_BROWSERS.test(entry))
      const exports = last.slice(last.lastIndexOf('\nexport '))
      return { code: head + kept.join('') + (OF_BROWSERS.test(last) ? exports : last), map: null }
    },
  }
}

/**
 * Monaco's language modules name their workers with `new URL(...)`, which would bundle a second TypeScript worker
 * that nobody starts: `MonacoEnvironment.getWorker` gives ours.
 */
export function onlyOurWorkers(): Plugin {
  return {
    name: 'lathe:only-our-workers',
    enforce: 'pre',
    transform(code, id) {
      if (!/monaco-editor\/esm\/vs\/.*\.js(?:\?|$)/.test(id) || !code.includes('new Worker(new URL('))
        return undefined
      return {
        code: code.replace(/new Worker\(new URL\([^)]*\)(?:, \{[^}]*\})?\)/g, 'undefined'),
        map: null,
      }
    },
  }
}
