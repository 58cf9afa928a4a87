import { auditInputs } from '@lathe/shared'
import { listAudit } from '../services/audit/list.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const auditRouter = router({
  list: procedure.input(auditInputs.list).query(({ ctx, input }) => listAudit(ctx, input)),
})
