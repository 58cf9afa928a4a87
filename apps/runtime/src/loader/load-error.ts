import type { RawLoadError } from '../bridge/protocol.ts'

const MISSING_EXPORT =
  /requested module '([^']+)' (?:does not provide an export named|contains conflicting star exports for name) '([^']+)'/

/** What went wrong in one function, from whatever was thrown. */
export function loadError(name: string, thrown: unknown, place?: RawLoadError['place']): RawLoadError {
  const error: RawLoadError = { name, message: messageOf(thrown) }
  const stack = stackOf(thrown)
  if (stack !== undefined) error.stack = stack
  if (place) error.place = place
  return error
}

export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error)
      return `${thrown.name === 'Error' ? '' : `${thrown.name}: `}${thrown.message}`
    return String(thrown)
  } catch {
    return 'something that cannot be shown was thrown'
  }
}

/** The frames of an error that lie in functions and packages; the loader's own say nothing to the app's developer. */
export function stackOf(thrown: unknown): string | undefined {
  try {
    if (!(thrown instanceof Error) || typeof thrown.stack !== 'string') return undefined
    const lines = thrown.stack.split('\n')
    const frames = lines.filter((line) => /^\s+at /.test(line) && !/\(?node:internal\/|\/dist\//.test(line))
    return [...lines.filter((line) => !/^\s+at /.test(line)), ...frames].join('\n')
  } catch {
    return undefined
  }
}

/** Where in compiled code an import stands that could not be satisfied, to show a marker there. */
export function importPlace(
  module: string,
  code: string,
  specifier: string,
  exportName?: string,
): RawLoadError['place'] | undefined {
  const quoted = new RegExp(`["']${specifier.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}["']`)
  const found = quoted.exec(code)
  if (!found) return undefined
  let at = found.index
  let length = found[0].length
  if (exportName !== undefined) {
    const statement = code.lastIndexOf('import', at)
    const named = new RegExp(`\\b${exportName.replace(/\$/g, '\\$')}\\b`).exec(
      code.slice(Math.max(0, statement), at),
    )
    if (statement >= 0 && named) {
      at = statement + named.index
      length = exportName.length
    }
  }
  const before = code.slice(0, at)
  const line = before.split('\n').length
  return { module, line, column: at - before.lastIndexOf('\n'), length }
}

/** The specifier and name in V8's complaint about a missing export; null when the error is another one. */
export function missingExport(thrown: unknown): { specifier: string; exportName: string } | null {
  const found = thrown instanceof SyntaxError ? MISSING_EXPORT.exec(thrown.message) : null
  return found ? { specifier: found[1]!, exportName: found[2]! } : null
}

/** Says what to do about a package that is not there, instead of naming a file of ours as the importer. */
export function externalError(specifier: string, thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown
  const code = (thrown as NodeJS.ErrnoException).code
  const message = thrown.message.replace(/ imported from \S+$/, '')
  if (code === 'ERR_MODULE_NOT_FOUND' && message.startsWith('Cannot find package')) {
    return new Error(`${message}: add it to the app's dependencies`)
  }
  if (
    code === 'ERR_UNKNOWN_BUILTIN_MODULE' ||
    code?.startsWith('ERR_PACKAGE') ||
    code === 'ERR_MODULE_NOT_FOUND'
  ) {
    return new Error(`Cannot import '${specifier}': ${message}`)
  }
  return thrown
}
