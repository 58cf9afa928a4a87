import { isDoc } from '../../bson/values.ts'
import { MongoError, notSupported } from '../../errors.ts'
import type { StageParser } from '../pipeline.ts'

/** `$listLocalSessions: {}`: the sessions of the user who asks. */
export const listLocalSessions: StageParser = (spec, ctx) => {
  if (!isDoc(spec)) throw new MongoError('FailedToParse', '$listLocalSessions takes a document')
  if (spec.size > 0) throw notSupported('$listLocalSessions of other users')
  return {
    async *run() {
      yield ctx.sessions?.() ?? []
    },
  }
}
