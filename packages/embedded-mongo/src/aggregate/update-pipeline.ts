/** The stages that an update pipeline may have: `$set`, `$unset`, `$project`, `$replaceWith` and their other names. */
import { type Doc, isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { QueryContext } from '../query/context.ts'
import { documentStages } from './stages/document.ts'

export type DocTransform = (document: Doc) => Doc

const ALLOWED = new Set(['$set', '$addFields', '$unset', '$project', '$replaceRoot', '$replaceWith'])

export function parseUpdatePipeline(stages: Value[], ctx: QueryContext): DocTransform {
  const transforms = stages.map((stage) => {
    if (!isDoc(stage) || stage.size !== 1)
      throw new MongoError(40323, 'A pipeline stage specification object must contain exactly one field.')
    const [name, spec] = [...stage][0]!
    if (!ALLOWED.has(name))
      throw new MongoError('InvalidOptions', `${name} is not allowed to be used within an update`)
    return documentStages[name]!(spec, ctx)
  })
  return (document) => transforms.reduce((d, transform) => transform(d), document)
}
