/** Values of the language that all functions of a process share, and that nobody has a reason to replace. */
const VALUES = [
  'JSON',
  'Promise',
  'Object',
  'Array',
  'Map',
  'Set',
  'WeakMap',
  'Error',
  'TypeError',
  'String',
  'Number',
  'Math',
  'Reflect',
  'Symbol',
  'RegExp',
  'Date',
  'Uint8Array',
  'ArrayBuffer',
  'globalThis',
] as const

/** What Node defines itself; assigning to them is ignored, since polyfills do it without looking. */
const SERVICES = [
  'console',
  'process',
  'Buffer',
  'fetch',
  'Request',
  'Response',
  'Headers',
  'FormData',
  'Blob',
  'URL',
  'URLSearchParams',
  'ReadableStream',
  'WritableStream',
  'TransformStream',
  'AbortController',
  'AbortSignal',
  'TextEncoder',
  'TextDecoder',
  'DOMException',
  'crypto',
  'performance',
  'queueMicrotask',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'structuredClone',
] as const

/**
 * Keeps one function from replacing globals for all others. Globals can still be added, and what hangs on prototypes can
 * be changed (packages do that), except that nothing can be added to `Object.prototype`.
 * @param loaded hears of functions and classes; of those that Node makes when they are first asked for, then
 */
export function fixGlobals(loaded: (name: string, value: object) => void): void {
  for (const name of VALUES) {
    Object.defineProperty(globalThis, name, { writable: false, configurable: false })
  }
  // Where prototype pollution puts what it has: nothing new can be put there. What exists may still be overridden.
  Object.preventExtensions(Object.prototype)
  for (const name of ['log', 'info', 'debug', 'warn', 'error'] as const) {
    const write = console[name]
    Object.defineProperty(console, name, {
      get: () => write,
      set() {},
      enumerable: true,
      configurable: false,
    })
  }
  // (Not Reflect and Math as a whole: reflect-metadata, seedrandom and others add to them.)
  for (const name of ['stringify', 'parse'] as const) {
    Object.defineProperty(JSON, name, { writable: false, configurable: false })
  }
  Object.defineProperty(performance, 'now', { value: performance.now, writable: false, configurable: false })
  for (const name of SERVICES) {
    const known = Object.getOwnPropertyDescriptor(globalThis, name)
    if (!known) continue
    if (typeof known.value === 'function') loaded(name, known.value)
    Object.defineProperty(globalThis, name, {
      get: known.get ? onFirst(known.get, (value) => loaded(name, value)) : constant(known.value),
      set() {},
      enumerable: known.enumerable ?? false,
      configurable: false,
    })
  }
}

function constant(value: unknown): () => unknown {
  return () => value
}

/** Node loads some classes when they are asked for: its own getter is asked, once. */
function onFirst(getter: () => unknown, loaded: (value: object) => void): () => unknown {
  let value: unknown
  return () => {
    if (value !== undefined) return value
    value = getter.call(globalThis)
    if (typeof value === 'function') loaded(value)
    return value
  }
}
