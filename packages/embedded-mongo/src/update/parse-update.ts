/** Parses an update (operators, replacement or pipeline) into a function from document to document. */
import { type DocTransform, parseUpdatePipeline } from '../aggregate/update-pipeline.ts'
import { clone, type Doc, isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { QueryContext } from '../query/context.ts'
import { type Filter, matches } from '../query/filter.ts'
import { parseQuery } from '../query/parse.ts'
import { rootOf } from '../query/path.ts'
import { type Modifier, modifiers } from './modifiers.ts'
import { walk } from './path-walk.ts'
import { parseRename } from './rename.ts'
import { checkIdKept } from './storable.ts'

export interface UpdateTarget {
  /** True while an upsert makes a new document: `$setOnInsert` applies, `_id` may be set. */
  readonly inserting: boolean
  readonly position: number | undefined
}
export interface Updater {
  readonly kind: 'operators' | 'replacement' | 'pipeline'
  /** Whether it needs to know which array element the query matched. */
  readonly positional: boolean
  apply(document: Doc, target: UpdateTarget): Doc
}

interface Step {
  readonly op: string
  readonly path: string
  readonly parts: readonly string[]
  readonly modifier: Modifier
}

export function parseUpdate(
  update: Value | undefined,
  arrayFilters: Value | undefined,
  ctx: QueryContext,
): Updater {
  if (Array.isArray(update)) {
    if (arrayFilters !== undefined)
      throw new MongoError('FailedToParse', 'arrayFilters may not be specified for pipeline-style updates')
    return pipeline(parseUpdatePipeline(update, ctx))
  }
  if (!isDoc(update))
    throw new MongoError('FailedToParse', 'Update argument must be either an object or an array')
  const first = update.keys().next()
  if (first.done || !first.value.startsWith('$')) {
    if (arrayFilters !== undefined)
      throw new MongoError('FailedToParse', 'arrayFilters may not be specified for replacement-style updates')
    return replacement(update)
  }
  return operators(update, arrayFilters, ctx)
}

function pipeline(transform: DocTransform): Updater {
  return {
    kind: 'pipeline',
    positional: false,
    apply: (document, { inserting }) => {
      const out = transform(document)
      if (!inserting || document.has('_id')) {
        if (!out.has('_id') && document.has('_id')) return new Map([['_id', document.get('_id')!], ...out])
        checkIdKept(document, out, true)
      }
      return out
    },
  }
}

function replacement(update: Doc): Updater {
  for (const key of update.keys()) {
    if (key.startsWith('$'))
      throw new MongoError(
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${key}' in '${key}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
      )
  }
  return {
    kind: 'replacement',
    positional: false,
    apply: (document) => {
      const id = document.get('_id')
      if (id !== undefined && update.has('_id')) checkIdKept(document, update, true)
      if (id === undefined) return clone(update)
      const out: Doc = new Map([['_id', id]])
      for (const [key, value] of update) if (key !== '_id') out.set(key, clone(value))
      return out
    },
  }
}

function operators(update: Doc, arrayFilters: Value | undefined, ctx: QueryContext): Updater {
  const filters = parseArrayFilters(arrayFilters, ctx)
  const used = new Set<string>()
  const steps: Step[] = []
  for (const [op, fields] of update) {
    const parse = Object.hasOwn(modifiers, op) ? modifiers[op] : undefined
    if (!parse && op !== '$rename') {
      throw new MongoError(
        'FailedToParse',
        `Unknown modifier: ${op}. Expected a valid update modifier or pipeline-style update specified as an array`,
      )
    }
    if (!isDoc(fields)) {
      throw new MongoError(
        'FailedToParse',
        `Modifiers operate on fields but we found type ${Array.isArray(fields) ? 'array' : typeof fields} instead. For example: {$mod: {<field>: ...}} not {${op}: ${String(fields)}}`,
      )
    }
    for (const [path, operand] of fields) {
      const parts = checkPath(path, filters, used)
      if (op === '$rename') steps.push(...parseRename(path, operand))
      else steps.push({ op, path, parts, modifier: parse!(operand, path, ctx) })
    }
  }
  for (const id of filters.keys()) {
    if (!used.has(id))
      throw new MongoError(
        'FailedToParse',
        `The array filter for identifier '${id}' was not used in the update ${[...update.keys()].join(', ')}`,
      )
  }
  checkConflicts(steps)
  // New fields appear in the order of their names, whatever the order of the operators.
  steps.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  return {
    kind: 'operators',
    positional: steps.some((s) => s.parts.includes('$')),
    apply: (document, target) => {
      const out = clone(document)
      for (const step of steps) {
        if (step.op === '$setOnInsert' && !target.inserting) continue
        const ctx_ = { position: target.position, arrayFilters: filters, create: step.modifier.create }
        walk(out, step.parts, 0, ctx_, (place) => step.modifier.apply(place, step.path, out))
      }
      if (!target.inserting || document.has('_id')) checkIdKept(document, out, false)
      return out
    },
  }
}

function checkPath(path: string, filters: ReadonlyMap<string, unknown>, used: Set<string>): string[] {
  if (path === '') throw new MongoError('EmptyFieldName', 'An empty update path is not valid.')
  const parts = path.split('.')
  for (const [i, part] of parts.entries()) {
    if (part === '')
      throw new MongoError(
        'EmptyFieldName',
        `The update path '${path}' contains an empty field name, which is not allowed.`,
      )
    if (!part.startsWith('$')) continue
    const id = /^\$\[(.*)\]$/.exec(part)?.[1]
    if (i === 0 && (part === '$' || id !== undefined)) {
      throw new MongoError(
        'BadValue',
        `Cannot have positional (i.e. '$') element in the first position in path '${path}'`,
      )
    }
    if (part === '$') {
      if (parts.indexOf('$') !== i)
        throw new MongoError('BadValue', `Too many positional (i.e. '$') elements found in path '${path}'`)
    } else if (id === undefined) {
      if (!['$ref', '$id', '$db'].includes(part))
        throw new MongoError(
          'DollarPrefixedFieldName',
          `The dollar ($) prefixed field '${part}' in '${path}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
        )
    } else if (id !== '') {
      if (!filters.has(id))
        throw new MongoError('BadValue', `No array filter found for identifier '${id}' in path '${path}'`)
      used.add(id)
    }
  }
  return parts
}

function checkConflicts(steps: readonly Step[]): void {
  const paths = steps.map((s) => s.path)
  for (let i = 0; i < paths.length; i++) {
    for (let j = i + 1; j < paths.length; j++) {
      const [a, b] = [paths[i]!, paths[j]!]
      if (a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`)) {
        const shorter = a.length < b.length ? a : b
        throw new MongoError(
          'ConflictingUpdateOperators',
          `Updating the path '${b}' would create a conflict at '${shorter}'`,
        )
      }
    }
  }
}

function parseArrayFilters(
  value: Value | undefined,
  ctx: QueryContext,
): Map<string, (element: Value) => boolean> {
  const out = new Map<string, (element: Value) => boolean>()
  if (value === undefined) return out
  if (!Array.isArray(value)) throw new MongoError('TypeMismatch', 'arrayFilters must be an array')
  for (const entry of value) {
    if (!isDoc(entry)) throw new MongoError('TypeMismatch', 'each array filter must be an object')
    const filter = parseQuery(entry, ctx)
    const ids = new Set<string>()
    collectRoots(filter, ids)
    const [id] = ids
    if (ids.size !== 1 || id === undefined) {
      throw new MongoError(
        'FailedToParse',
        `Error parsing array filter :: caused by :: Expected a single top-level field name, found ${[...ids].map((n) => `'${n}'`).join(' and ') || 'an empty filter'}`,
      )
    }
    if (!/^[a-z][a-zA-Z0-9]*$/.test(id))
      throw new MongoError(
        'BadValue',
        `Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${id}'`,
      )
    if (out.has(id))
      throw new MongoError(
        'FailedToParse',
        `Found multiple array filters with the same top-level field name ${id}`,
      )
    out.set(id, (element) => matches(filter, new Map([[id, element]])))
  }
  return out
}

function collectRoots(filter: Filter, into: Set<string>): void {
  if (filter.kind === 'leaf') into.add(rootOf(filter.path))
  else if (filter.kind === 'whole')
    throw new MongoError('BadValue', `${filter.op} is not allowed in an array filter`)
  else for (const f of filter.of) collectRoots(f, into)
}
