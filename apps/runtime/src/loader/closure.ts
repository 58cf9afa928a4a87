import { createHash } from 'node:crypto'

/** A node of the import graph: what a function is made of by itself, and which functions it imports statically. */
export interface ClosureNode {
  name: string
  sha256: string
  imports: readonly string[]
}

/**
 * Groups of functions that import one another in a circle, each after the groups it depends on: Tarjan's strongly
 * connected components (SIAM J. Comput. 1(2), 1972), iterative so that a long chain cannot overflow the stack.
 */
export function componentsInOrder(nodes: ReadonlyMap<string, ClosureNode>): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const onStack = new Set<string>()
  const components: string[][] = []
  let counter = 0
  const open = (name: string) => {
    index.set(name, counter)
    low.set(name, counter++)
    stack.push(name)
    onStack.add(name)
  }
  for (const root of nodes.keys()) {
    if (index.has(root)) continue
    open(root)
    const work: { name: string; next: number }[] = [{ name: root, next: 0 }]
    while (work.length > 0) {
      const frame = work[work.length - 1]!
      const { name } = frame
      const target = nodes.get(name)!.imports[frame.next++]
      if (target !== undefined) {
        if (!nodes.has(target)) continue
        if (!index.has(target)) {
          open(target)
          work.push({ name: target, next: 0 })
        } else if (onStack.has(target)) low.set(name, Math.min(low.get(name)!, index.get(target)!))
        continue
      }
      work.pop()
      const parent = work[work.length - 1]
      if (parent) low.set(parent.name, Math.min(low.get(parent.name)!, low.get(name)!))
      if (low.get(name) !== index.get(name)) continue
      const component: string[] = []
      let member: string
      do {
        member = stack.pop()!
        onStack.delete(member)
        component.push(member)
      } while (member !== name)
      components.push(component.sort())
    }
  }
  return components
}

/**
 * One hash per function over its own code and everything it imports, so that equal hashes mean that a module instance
 * can be kept: neither it nor anything below it changed. Members of a circle share the hash of the whole circle.
 */
export function closureHashes(
  nodes: ReadonlyMap<string, ClosureNode>,
  components: readonly string[][],
): Map<string, string> {
  const hashes = new Map<string, string>()
  for (const component of components) {
    const members = new Set(component)
    const hash = createHash('sha256')
    for (const name of component) {
      const node = nodes.get(name)!
      hash.update(`${name}\0${node.sha256}\0`)
      for (const target of node.imports) {
        if (!members.has(target)) hash.update(`${target}\0${hashes.get(target) ?? 'missing'}\0`)
      }
    }
    const ofComponent = hash.digest('hex')
    for (const name of component) hashes.set(name, `${ofComponent}:${name}`)
  }
  return hashes
}
