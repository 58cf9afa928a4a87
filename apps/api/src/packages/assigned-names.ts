import type { Directive, Statement, TSSignature, VariableDeclaration } from 'oxc-parser'

/** A file of declarations, as far as it says what `export =` gives. */
export interface Assigned {
  /** What follows `export =`; null when the file assigns nothing, or no plain name. */
  name: string | null
  /** Members of the declarations of a name that are values or types: of a namespace. */
  namespaces: Map<string, { values: string[]; types: string[] }>
  /** The type that a variable is declared to have: the last part of its name. */
  typeOf: Map<string, string>
  /** Names of properties and methods by interface, augmentations of other modules included. */
  interfaces: Map<string, string[]>
}

type Node = Directive | Statement

/** Reads the syntax of one file: everything in a namespace of declarations is exported from it. */
export function assignedIn(body: readonly Node[]): Assigned {
  const found: Assigned = { name: null, namespaces: new Map(), typeOf: new Map(), interfaces: new Map() }
  for (const node of body) look(node, null, found)
  return found
}

function look(node: Node, inside: { values: string[]; types: string[] } | null, found: Assigned): void {
  switch (node.type) {
    case 'TSExportAssignment':
      if (node.expression.type === 'Identifier') found.name = node.expression.name
      return
    case 'ExportNamedDeclaration':
      if (node.declaration) look(node.declaration as Node, inside, found)
      return
    case 'TSModuleDeclaration':
      lookInside(node, inside, found)
      return
    case 'TSInterfaceDeclaration': {
      inside?.types.push(node.id.name)
      const members = found.interfaces.get(node.id.name) ?? []
      found.interfaces.set(node.id.name, members.concat(node.body.body.flatMap(memberName)))
      return
    }
    case 'TSTypeAliasDeclaration':
      inside?.types.push(node.id.name)
      return
    case 'VariableDeclaration':
      lookAtVariables(node, inside, found)
      return
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
    case 'TSEnumDeclaration':
      if (node.id) inside?.values.push(node.id.name)
  }
}

function lookInside(
  node: Extract<Node, { type: 'TSModuleDeclaration' }>,
  outside: { values: string[]; types: string[] } | null,
  found: Assigned,
): void {
  if (!node.body || !('body' in node.body)) return
  // `declare module '../index'` adds to what stands there; only interfaces matter of it.
  const name = node.id.type === 'Identifier' ? node.id.name : null
  if (name !== null) outside?.values.push(name)
  const members = (name === null ? null : found.namespaces.get(name)) ?? { values: [], types: [] }
  if (name !== null) found.namespaces.set(name, members)
  for (const each of node.body.body as Node[]) look(each, members, found)
}

function lookAtVariables(
  node: VariableDeclaration,
  inside: { values: string[] } | null,
  found: Assigned,
): void {
  for (const { id } of node.declarations) {
    if (id.type !== 'Identifier') continue
    inside?.values.push(id.name)
    const type = id.typeAnnotation?.typeAnnotation
    if (type?.type !== 'TSTypeReference') continue
    const { typeName } = type
    if (typeName.type === 'Identifier') found.typeOf.set(id.name, typeName.name)
    if (typeName.type === 'TSQualifiedName') found.typeOf.set(id.name, typeName.right.name)
  }
}

function memberName(member: TSSignature): string[] {
  if (member.type !== 'TSMethodSignature' && member.type !== 'TSPropertySignature') return []
  return !member.computed && member.key.type === 'Identifier' ? [member.key.name] : []
}
