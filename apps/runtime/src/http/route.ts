import type { Entry, Graph } from '../loader/graph.ts'

/** Which function a path means, and what of the path is left for it. */
export interface Match {
  entry: Entry
  /** '' or what stands behind the function's name, beginning with '/', still percent-encoded. */
  rest: string
}

const REMEMBERED_PATHS = 1_000
const REMEMBERED_LENGTH = 256

/**
 * The longest function name that the path begins with; `__default__` when there is none and the app has one. Special
 * functions cannot be asked for by name.
 * @param path of the request, without query
 */
export function match(graph: Graph, path: string): Match | null {
  const known = graph.routes.get(path)
  if (known !== undefined) return known
  const found = longest(graph, path) ?? fallback(graph, path)
  if (path.length <= REMEMBERED_LENGTH && graph.routes.size < REMEMBERED_PATHS) graph.routes.set(path, found)
  return found
}

function longest(graph: Graph, path: string): Match | null {
  if (path.charCodeAt(0) !== 47) return null
  for (let end = path.length; end > 1; end = path.lastIndexOf('/', end - 1)) {
    const entry = graph.entries.get(decodeName(path.slice(1, end)))
    if (entry && !isSpecial(entry.unit.name)) return { entry, rest: path.slice(end) }
  }
  return null
}

function fallback(graph: Graph, path: string): Match | null {
  const entry = graph.entries.get('__default__')
  return entry ? { entry, rest: path } : null
}

/** `__init__`, `__interceptor__`, ... are called by the runtime, never by visitors. */
export function isSpecial(name: string): boolean {
  return name.includes('__') && /(?:^|\/)__\w+__(?:\/|$)/.test(name)
}

/** An encoded slash is a character of a segment, not a border between two: it stays as it is and matches nothing. */
function decodeName(name: string): string {
  if (!name.includes('%')) return name
  return name.split('/').map(decodeSegment).join('/')
}

/** A segment as the visitor meant it; as it was sent when it is not valid percent-encoding or hides a slash. */
export function decodeSegment(segment: string): string {
  try {
    const decoded = decodeURIComponent(segment)
    return decoded.includes('/') ? segment : decoded
  } catch {
    return segment
  }
}
