import { type Node, parse } from 'acorn'

/**
 * Whether what is thrown at a place of a module is caught by a `catch` of the very function that it stands in.
 * @param line @param column as V8 counts: from 0
 */
export function isInTry(code: string, line: number, column: number): boolean {
  let at = column
  for (let rest = line, start = 0; rest > 0; rest--) {
    start = code.indexOf('\n', start) + 1
    at = start + column
  }
  let caught = false
  // The innermost node comes last: a function within a `try` is called by whoever calls it.
  for (const node of around(program(code), at)) {
    if (isFunction(node)) caught = false
    else if (isTry(node) && node.handler && contains(node.block, at)) caught = true
  }
  return caught
}

function program(code: string): Node {
  try {
    return parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true })
  } catch {
    // Syntax that V8 knows and the parser does not: nothing is known of it.
    return { type: 'Program', start: 0, end: 0 }
  }
}

/** The nodes that contain a place, outermost first. */
function* around(node: Node, at: number): Generator<Node> {
  yield node
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child) && contains(child, at)) yield* around(child, at)
    }
  }
}

interface Try extends Node {
  block: Node
  handler: Node | null
}

const isTry = (node: Node): node is Try => node.type === 'TryStatement'
const isFunction = ({ type }: Node) =>
  type.endsWith('Function') || type.endsWith('FunctionExpression') || type === 'FunctionDeclaration'
const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string'
const contains = ({ start, end }: Node, at: number) => start <= at && at < end
