import { caseInputs } from '@lathe/shared'
import { deleteCase } from '../services/cases/delete.ts'
import { listCases } from '../services/cases/list.ts'
import { moveCase } from '../services/cases/move.ts'
import { restoreCase } from '../services/cases/restore.ts'
import { saveCase } from '../services/cases/save.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const casesRouter = router({
  list: procedure.input(caseInputs.list).query(({ ctx, input }) => listCases(ctx, input)),
  save: procedure.input(caseInputs.save).mutation(({ ctx, input }) => saveCase(ctx, input)),
  move: procedure.input(caseInputs.move).mutation(({ ctx, input }) => moveCase(ctx, input)),
  delete: procedure.input(caseInputs.one).mutation(({ ctx, input }) => deleteCase(ctx, input)),
  restore: procedure.input(caseInputs.one).mutation(({ ctx, input }) => restoreCase(ctx, input)),
})
