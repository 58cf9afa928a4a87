import { createRequire, isBuiltin, registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { SyntheticModule } from 'node:vm'
import { isCloudSpecifier } from './specifier.ts'

/** Marks imports that Lathe makes on behalf of a function: they are resolved from the app's folder. */
const APP_PREFIX = 'lathe-app:'

/**
 * Packages, builtins and `@lathe/cloud`, imported by Node's own loader as if from a file in the app's folder, so that
 * ES modules, CommonJS and JSON behave as they do everywhere.
 */
export class Externals {
  readonly #wrapped = new Map<string, Promise<SyntheticModule>>()

  /**
   * @param packagesDir where `node_modules` is looked for
   * @param functionsDir folder that functions' `import.meta.url` points into: `createRequire` resolves from there
   * @param bundled modules of the runtime that the app's code may import; those of `fallback` only when the app has
   * not installed its own
   */
  constructor(
    packagesDir: string,
    functionsDir: string,
    bundled: { cloud: string; fallback: ReadonlyMap<string, string> },
  ) {
    const parentURL = pathToFileURL(`${packagesDir}/functions.js`).href
    const functionsURL = pathToFileURL(`${functionsDir}/`).href
    const packagesRequire = createRequire(parentURL)
    registerHooks({
      resolve(specifier, context, nextResolve) {
        const ours = specifier.startsWith(APP_PREFIX)
        const wanted = ours ? specifier.slice(APP_PREFIX.length) : specifier
        if (isCloudSpecifier(wanted)) return { url: bundled.cloud, format: 'module', shortCircuit: true }
        if (!ours) {
          const fromFunction = context.parentURL?.startsWith(functionsURL) && !/^[./]/.test(specifier)
          if (!fromFunction || isBuiltin(specifier)) return nextResolve(specifier, context)
          // Node's resolution for `require` does not look at another parent in the context.
          return { url: pathToFileURL(packagesRequire.resolve(specifier)).href, shortCircuit: true }
        }
        try {
          const resolved = nextResolve(wanted, { ...context, parentURL })
          // Laf's functions import JSON without saying that it is JSON.
          return resolved.url.endsWith('.json')
            ? { ...resolved, importAttributes: { ...context.importAttributes, type: 'json' } }
            : resolved
        } catch (error) {
          const url = bundled.fallback.get(wanted)
          if (url !== undefined) return { url, format: 'module', shortCircuit: true }
          throw error
        }
      },
    })
  }

  /** Where an import from a function leads to. */
  resolve(specifier: string): string {
    return import.meta.resolve(APP_PREFIX + specifier)
  }

  /** The namespace of a package or builtin. */
  import(specifier: string, attributes: Readonly<Record<string, string | undefined>>): Promise<object> {
    return import(APP_PREFIX + specifier, { with: attributes as Record<string, string> })
  }

  /** The same as a module that functions can be linked with. Failures are not kept: the package may be installed later. */
  module(
    specifier: string,
    attributes: Readonly<Record<string, string | undefined>>,
  ): Promise<SyntheticModule> {
    const key = `${specifier}\0${attributes.type ?? ''}`
    const known = this.#wrapped.get(key)
    if (known) return known
    const wrapped = this.import(specifier, attributes).then((namespace) => wrap(specifier, namespace))
    this.#wrapped.set(key, wrapped)
    wrapped.catch(() => this.#wrapped.delete(key))
    return wrapped
  }
}

/** Values are copied once: what a package exports does not change after it was loaded, but in circles of its own. */
async function wrap(specifier: string, namespace: object): Promise<SyntheticModule> {
  const values = namespace as Record<string, unknown>
  const names = Object.keys(values)
  const module = new SyntheticModule(
    names,
    () => {
      for (const name of names) module.setExport(name, values[name])
    },
    { identifier: specifier },
  )
  await module.link(() => {
    throw new Error('a synthetic module imports nothing')
  })
  await module.evaluate()
  return module
}
