import { inputs } from '@lathe/shared'
import { getRevision } from '../services/revisions/get.ts'
import { listRevisions } from '../services/revisions/list.ts'
import { rollback } from '../services/revisions/rollback.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const revisionsRouter = router({
  list: procedure.input(inputs.revisionsList).query(({ ctx, input }) => listRevisions(ctx, input)),
  get: procedure.input(inputs.revisionsGet).query(({ ctx, input }) => getRevision(ctx, input)),
  rollback: procedure.input(inputs.revisionsGet).mutation(({ ctx, input }) => rollback(ctx, input)),
})
