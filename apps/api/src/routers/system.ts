import { systemStatus } from '../services/system/status.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const systemRouter = router({
  status: procedure.query(({ ctx }) => systemStatus(ctx)),
})
