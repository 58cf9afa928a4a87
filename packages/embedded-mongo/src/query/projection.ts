/** Projections of `find`, `findAndModify` and `$project`. */
import { compileExpression } from '../aggregate/expression.ts'
import type { Env, Run } from '../aggregate/operator.ts'
import { isNumeric } from '../bson/compare.ts'
import { asInteger, truthy } from '../bson/types.ts'
import { clone, type Doc, isDoc, type Value } from '../bson/values.ts'
import { MongoError, notSupported } from '../errors.ts'
import type { QueryContext } from './context.ts'
import { elementTest } from './operators/array.ts'

/** `position` is the array index that the query matched, for `field.$`. */
export type Projection = (document: Doc, position?: number) => Doc

interface Node {
  /** `true`: the field itself; otherwise what is below it. */
  readonly children: Map<string, Node>
  leaf: Leaf | undefined
}
type Leaf =
  | { kind: 'include' }
  | { kind: 'exclude' }
  | { kind: 'compute'; run: Run }
  | { kind: 'slice'; skip: number | undefined; limit: number }
  | { kind: 'elemMatch'; test: (element: Value) => boolean }
  | { kind: 'positional' }

function node(): Node {
  return { children: new Map(), leaf: undefined }
}

function isFlag(value: Value): boolean {
  return typeof value === 'boolean' || isNumeric(value)
}

/** Parses a projection; undefined when it keeps everything. `find` also allows `$slice`, `$elemMatch` and `field.$`. */
export function parseProjection(
  spec: Doc,
  ctx: QueryContext,
  kind: 'find' | 'aggregate',
): Projection | undefined {
  if (spec.size === 0) {
    if (kind === 'aggregate')
      throw new MongoError(
        51272,
        'Invalid $project :: caused by :: projection specification must have at least one field',
      )
    return undefined
  }
  const tree = node()
  let including: boolean | undefined
  let positional = false
  let idFlag: boolean | undefined
  const decide = (include: boolean, path: string) => {
    if (including !== undefined && including !== include) {
      throw new MongoError(
        include ? 31253 : 31254,
        `${kind === 'find' ? '' : 'Invalid $project :: caused by :: '}Cannot do ${include ? 'inclusion' : 'exclusion'} on field ${path} in ${include ? 'exclusion' : 'inclusion'} projection`,
      )
    }
    including = include
  }
  const visit = (path: string, value: Value) => {
    if (path === '_id' && isFlag(value)) {
      idFlag = truthy(value)
      return
    }
    if (isFlag(value)) {
      const include = truthy(value)
      decide(include, path)
      if (include && kind === 'find' && path.endsWith('.$')) {
        if (positional)
          throw new MongoError(31276, 'Cannot specify more than one positional projection per query.')
        positional = true
        place(tree, path.slice(0, -2), { kind: 'positional' })
        return
      }
      place(tree, path, { kind: include ? 'include' : 'exclude' })
      return
    }
    if (isDoc(value) && value.size > 0 && ![...value.keys()][0]!.startsWith('$')) {
      for (const [key, v] of value) visit(`${path}.${key}`, v)
      return
    }
    const special = kind === 'find' ? findOperator(value, ctx) : undefined
    if (special) {
      if (special.kind === 'elemMatch') decide(true, path)
      place(tree, path, special)
      return
    }
    if (isDoc(value) && value.has('$meta')) throw notSupported('$meta projection')
    if (isDoc(value) && value.size === 0)
      throw new MongoError(51270, 'An empty sub-projection is not a valid value. Found empty object at path')
    // `find` takes a string that is no path as a literal too; both forms are expressions.
    decide(true, path)
    place(tree, path, { kind: 'compute', run: compileExpression(value, ctx).run })
  }
  for (const [path, value] of spec) visit(path, value)
  const include = including ?? (idFlag === true && ![...tree.children.values()].some((c) => c.leaf))
  if (include && idFlag !== false && !tree.children.has('_id')) {
    tree.children.set('_id', { children: new Map(), leaf: { kind: 'include' } })
  }
  if (!include && idFlag === false)
    tree.children.set('_id', { children: new Map(), leaf: { kind: 'exclude' } })
  return (document, position) => {
    const env: Env = { root: document, vars: ctx.vars }
    return include ? includeFields(document, tree, env, position) : excludeFields(document, tree)
  }
}

function findOperator(value: Value, ctx: QueryContext): Leaf | undefined {
  if (!isDoc(value) || value.size !== 1) return undefined
  if (value.has('$elemMatch')) {
    const condition = value.get('$elemMatch')!
    if (!isDoc(condition)) throw new MongoError(31274, 'elemMatch: Invalid argument, object required')
    return { kind: 'elemMatch', test: elementTest(condition, ctx) }
  }
  if (!value.has('$slice')) return undefined
  const arg = value.get('$slice')!
  if (!Array.isArray(arg)) {
    const n = asInteger(arg)
    if (n === undefined)
      throw new MongoError(28667, 'Invalid $slice syntax. The given syntax did not match the find() syntax')
    return { kind: 'slice', skip: undefined, limit: n }
  }
  const [skip, limit] = arg.map(asInteger)
  // An array whose first element is no number is the aggregation form.
  if (skip === undefined) return undefined
  if (arg.length !== 2 || limit === undefined || limit <= 0)
    throw new MongoError(28724, '$slice limit must be positive')
  return { kind: 'slice', skip, limit }
}

function place(tree: Node, path: string, leaf: Leaf): void {
  if (path === '') throw new MongoError(40352, 'FieldPath cannot be constructed with empty string')
  let current = tree
  for (const part of path.split('.')) {
    if (part === '') throw new MongoError(15998, 'FieldPath field names may not be empty strings.')
    if (part.startsWith('$'))
      throw new MongoError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      )
    if (current.leaf) throw collision(path)
    let next = current.children.get(part)
    if (!next) {
      next = node()
      current.children.set(part, next)
    }
    current = next
  }
  if (current.leaf || current.children.size > 0) throw collision(path)
  current.leaf = leaf
}

function collision(path: string): MongoError {
  return new MongoError(31249, `Path collision at ${path}`)
}

function sliced(value: Value, skip: number | undefined, limit: number): Value {
  if (!Array.isArray(value)) return value
  if (skip === undefined) return limit >= 0 ? value.slice(0, limit) : value.slice(limit)
  const from = skip < 0 ? Math.max(0, value.length + skip) : skip
  return value.slice(from, from + limit)
}

function applyLeaf(
  leaf: Leaf,
  value: Value | undefined,
  env: Env,
  position: number | undefined,
): Value | undefined {
  switch (leaf.kind) {
    case 'include':
      return value
    case 'exclude':
      return undefined
    case 'compute':
      return leaf.run(env)
    case 'slice':
      return value === undefined ? undefined : sliced(value, leaf.skip, leaf.limit)
    case 'elemMatch': {
      if (!Array.isArray(value)) return undefined
      const found = value.find((element) => leaf.test(element))
      return found === undefined ? undefined : [found]
    }
    case 'positional':
      if (!Array.isArray(value)) return value
      if (position === undefined || position >= value.length) {
        throw new MongoError(
          51246,
          "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
        )
      }
      return [value[position]!]
  }
}

function includeFields(document: Doc, tree: Node, env: Env, position: number | undefined): Doc {
  const out: Doc = new Map()
  for (const [key, value] of document) {
    const child = tree.children.get(key)
    if (!child || child.leaf?.kind === 'compute') continue
    const v = child.leaf
      ? applyLeaf(child.leaf, value, env, position)
      : includeBelow(value, child, env, position)
    if (v !== undefined) out.set(key, v)
  }
  computeFields(out, document, tree, env)
  return out
}

function includeBelow(value: Value, tree: Node, env: Env, position: number | undefined): Value | undefined {
  if (isDoc(value)) return includeFields(value, tree, env, position)
  if (Array.isArray(value)) {
    const out: Value[] = []
    for (const element of value) {
      const v = includeBelow(element, tree, env, position)
      if (v !== undefined) out.push(v)
    }
    return out
  }
  return hasCompute(tree) ? computeFields(new Map(), new Map(), tree, env) : undefined
}

function hasCompute(tree: Node): boolean {
  if (tree.leaf) return tree.leaf.kind === 'compute'
  for (const child of tree.children.values()) if (hasCompute(child)) return true
  return false
}

/** Adds computed fields, in the order of the specification, making documents on the way. */
function computeFields(out: Doc, source: Doc, tree: Node, env: Env): Doc {
  for (const [key, child] of tree.children) {
    if (child.leaf?.kind === 'compute') {
      const v = child.leaf.run(env)
      if (v !== undefined) out.set(key, v)
    } else if (!child.leaf && !source.has(key) && hasCompute(child)) {
      out.set(key, computeFields(new Map(), new Map(), child, env))
    }
  }
  return out
}

function excludeFields(document: Doc, tree: Node): Doc {
  const out: Doc = new Map()
  for (const [key, value] of document) {
    const child = tree.children.get(key)
    if (!child) out.set(key, value)
    else if (child.leaf) {
      const v = applyLeaf(child.leaf, value, { root: document, vars: new Map() }, undefined)
      if (v !== undefined) out.set(key, v)
    } else out.set(key, excludeBelow(value, child))
  }
  return out
}

function excludeBelow(value: Value, tree: Node): Value {
  if (isDoc(value)) return excludeFields(value, tree)
  return Array.isArray(value) ? value.map((element) => excludeBelow(element, tree)) : value
}

/** `$set` / `$addFields`: sets dotted paths to computed values, in every element of arrays on the way. */
export function parseAddFields(spec: Doc, ctx: QueryContext, stage: string): (document: Doc) => Doc {
  if (spec.size === 0)
    throw new MongoError(40177, `Invalid ${stage} :: caused by :: specification must have at least one field`)
  const tree = node()
  const visit = (path: string, value: Value) => {
    if (isDoc(value) && value.size > 0 && ![...value.keys()][0]!.startsWith('$')) {
      for (const [key, v] of value) visit(`${path}.${key}`, v)
    } else place(tree, path, { kind: 'compute', run: compileExpression(value, ctx).run })
  }
  for (const [path, value] of spec) visit(path, value)
  return (document) => addFields(document, tree, { root: document, vars: ctx.vars })
}

function addFields(document: Doc, tree: Node, env: Env): Doc {
  const out: Doc = new Map(document)
  for (const [key, child] of tree.children) {
    const v = child.leaf
      ? applyLeaf(child.leaf, undefined, env, undefined)
      : addBelow(out.get(key), child, env)
    if (v === undefined) out.delete(key)
    else out.set(key, clone(v))
  }
  return out
}

function addBelow(value: Value | undefined, tree: Node, env: Env): Value {
  if (Array.isArray(value)) return value.map((element) => addBelow(element, tree, env))
  return addFields(isDoc(value) ? value : new Map(), tree, env)
}
