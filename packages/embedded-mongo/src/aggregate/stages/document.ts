/** Stages that turn one document into one document. */
import { typeName } from '../../bson/types.ts'
import { type Doc, doc, int, isDoc, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import type { QueryContext } from '../../query/context.ts'
import { parseAddFields, parseProjection } from '../../query/projection.ts'
import { compileExpression } from '../expression.ts'

export type DocumentStage = (spec: Value, ctx: QueryContext) => (document: Doc) => Doc

function object(spec: Value, stage: string): Doc {
  if (!isDoc(spec))
    throw new MongoError(40272, `${stage} specification stage must be an object, got ${typeName(spec)}`)
  return spec
}

const unset: DocumentStage = (spec, ctx) => {
  const paths = Array.isArray(spec) ? spec : [spec]
  if (paths.length === 0 || paths.some((p) => typeof p !== 'string')) {
    throw new MongoError(31002, '$unset specification must be a string or an array of strings')
  }
  const exclusion = doc()
  for (const path of paths as string[]) exclusion.set(path, int(0))
  return parseProjection(exclusion, ctx, 'aggregate')!
}

function replaceWith(expression: Value, ctx: QueryContext, stage: string): (document: Doc) => Doc {
  const { run } = compileExpression(expression, ctx)
  return (document) => {
    const value = run({ root: document, vars: ctx.vars })
    if (!isDoc(value)) {
      throw new MongoError(
        40228,
        `'${stage === '$replaceRoot' ? 'newRoot' : 'replacement document'}' expression must evaluate to an object, but resulting value was of type '${typeName(value)}'`,
      )
    }
    return value
  }
}

export const documentStages: Record<string, DocumentStage> = {
  $project: (spec, ctx) => parseProjection(object(spec, '$project'), ctx, 'aggregate')!,
  $set: (spec, ctx) => parseAddFields(object(spec, '$set'), ctx, '$set'),
  $addFields: (spec, ctx) => parseAddFields(object(spec, '$addFields'), ctx, '$addFields'),
  $unset: unset,
  $replaceRoot: (spec, ctx) => {
    const named = object(spec, '$replaceRoot')
    for (const key of named.keys())
      if (key !== 'newRoot')
        throw new MongoError(40415, `BSON field '$replaceRoot.${key}' is an unknown field.`)
    if (!named.has('newRoot'))
      throw new MongoError(40414, "BSON field '$replaceRoot.newRoot' is missing but a required field")
    return replaceWith(named.get('newRoot')!, ctx, '$replaceRoot')
  },
  $replaceWith: (spec, ctx) => replaceWith(spec, ctx, '$replaceWith'),
}
