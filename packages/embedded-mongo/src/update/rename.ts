import { type Doc, isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { Modifier } from './modifiers.ts'

interface RenameStep {
  readonly op: string
  readonly path: string
  readonly parts: readonly string[]
  readonly modifier: Modifier
}

function refuseArrays(document: Doc, path: string, role: string): void {
  let current: Value | undefined = document
  for (const part of path.split('.').slice(0, -1)) {
    current = isDoc(current) ? current.get(part) : undefined
    if (Array.isArray(current))
      throw new MongoError('BadValue', `The ${role} field cannot be an array element, '${path}' in doc`)
  }
}

/**
 * `$rename` as two steps that take part in the check for conflicts: the source is removed, the destination is set to
 * what the source was. The destination's step finds the value in the document, so it does both; the source's step is
 * there for the check only.
 */
export function parseRename(from: string, operand: Value): RenameStep[] {
  if (typeof operand !== 'string')
    throw new MongoError('BadValue', `The 'to' field for $rename must be a string: ${from}`)
  if (operand === '' || operand.split('.').includes(''))
    throw new MongoError(
      'EmptyFieldName',
      `The update path '${operand}' contains an empty field name, which is not allowed.`,
    )
  if (operand === from)
    throw new MongoError(
      'BadValue',
      `The source and target field for $rename must differ: ${from}: "${operand}"`,
    )
  if (/(^|\.)\$/.test(operand))
    throw new MongoError('BadValue', `The destination field for $rename may not be dynamic: ${operand}`)
  const nothing: Modifier = { create: false, apply: () => {} }
  return [
    { op: '$rename', path: from, parts: from.split('.'), modifier: nothing },
    {
      op: '$rename',
      path: operand,
      parts: ['_id'],
      modifier: { create: true, apply: (_place, _path, document) => move(document, from, operand) },
    },
  ]
}

function move(document: Doc, from: string, to: string): void {
  refuseArrays(document, from, 'source')
  refuseArrays(document, to, 'destination')
  const source = from.split('.')
  let holder: Value | undefined = document
  for (const part of source.slice(0, -1)) holder = isDoc(holder) ? holder.get(part) : undefined
  const name = source.at(-1)!
  if (!isDoc(holder) || !holder.has(name)) return
  const value = holder.get(name)!
  holder.delete(name)
  let target = document
  const parts = to.split('.')
  for (const part of parts.slice(0, -1)) {
    let next = target.get(part)
    if (next === undefined) {
      next = new Map()
      target.set(part, next)
    }
    if (!isDoc(next))
      throw new MongoError('PathNotViable', `Cannot create field '${parts.at(-1)}' in element {${part}: ...}`)
    target = next
  }
  target.set(parts.at(-1)!, value)
}
