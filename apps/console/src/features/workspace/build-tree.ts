/** A row of the tree: a folder (from the names' slashes) or a function. */
export interface TreeRow {
  kind: 'folder' | 'function'
  /** The folder's path or the function's name. */
  path: string
  /** The last segment. */
  label: string
  depth: number
  /** Functions inside, at any depth (folders). */
  count: number
  open: boolean
  /** Place among its siblings, from 1, and how many they are: for assistive technology. */
  position: number
  siblings: number
}

interface Folder {
  folders: Map<string, Folder>
  functions: string[]
  count: number
}

/**
 * The visible rows, folders first and both by name. With a filter, only functions whose name or a tag matches and the folders above
 * them are left, all open.
 */
export function buildTree(
  functions: { name: string; tags: string[] }[],
  closed: ReadonlySet<string>,
  filter = '',
): TreeRow[] {
  const query = filter.trim().toLowerCase()
  const root = emptyFolder()
  for (const { name, tags } of functions) {
    const found = [name, ...tags].some((text) => text.toLowerCase().includes(query))
    if (query && !found) continue
    let at = root
    const segments = name.split('/')
    segments.pop()
    at.count++
    for (const segment of segments) {
      const next = at.folders.get(segment) ?? emptyFolder()
      at.folders.set(segment, next)
      next.count++
      at = next
    }
    at.functions.push(name)
  }
  return rowsOf(root, '', 0, query ? new Set() : closed)
}

function emptyFolder(): Folder {
  return { folders: new Map(), functions: [], count: 0 }
}

function rowsOf(folder: Folder, prefix: string, depth: number, closed: ReadonlySet<string>): TreeRow[] {
  const siblings = folder.folders.size + folder.functions.length
  let position = 0
  const byName = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true })
  const rows: TreeRow[] = []
  for (const label of [...folder.folders.keys()].sort(byName)) {
    const inside = folder.folders.get(label)!
    const path = prefix + label
    const open = !closed.has(path)
    rows.push({
      kind: 'folder',
      path,
      label,
      depth,
      count: inside.count,
      open,
      position: ++position,
      siblings,
    })
    if (open) rows.push(...rowsOf(inside, `${path}/`, depth + 1, closed))
  }
  for (const name of folder.functions.sort(byName)) {
    const label = name.slice(prefix.length)
    rows.push({
      kind: 'function',
      path: name,
      label,
      depth,
      count: 0,
      open: false,
      position: ++position,
      siblings,
    })
  }
  return rows
}

/** A free name like `hello-copy`, `hello-copy-2`. */
export function copyName(name: string, taken: string[]): string {
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? `${name}-copy` : `${name}-copy-${n}`
    if (!taken.includes(candidate)) return candidate
  }
}
