import { inputs } from '@lathe/shared'
import { executeRun } from '../services/runs/execute.ts'
import { procedure, router, streamErrors } from '../trpc/trpc.ts'

export const runsRouter = router({
  execute: procedure
    .input(inputs.runsExecute)
    .subscription(({ ctx, input, signal }) => streamErrors(executeRun(ctx, input, signal))),
})
