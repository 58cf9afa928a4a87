import { historyInputs, inputs } from '@lathe/shared'
import { executeRun } from '../services/runs/execute.ts'
import { forgetRuns } from '../services/runs/forget.ts'
import { listRuns } from '../services/runs/history.ts'
import { procedure, router, streamErrors } from '../trpc/trpc.ts'

export const runsRouter = router({
  execute: procedure
    .input(inputs.runsExecute)
    .subscription(({ ctx, input, signal }) => streamErrors(executeRun(ctx, input, signal))),
  history: procedure.input(historyInputs.list).query(({ ctx, input }) => listRuns(ctx, input)),
  forget: procedure.input(historyInputs.forget).mutation(({ ctx, input }) => forgetRuns(ctx, input)),
})
