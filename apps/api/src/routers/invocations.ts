import { observeInputs } from '@lathe/shared'
import { getInvocation } from '../services/invocations/get.ts'
import { listInvocations } from '../services/invocations/list.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const invocationsRouter = router({
  list: procedure.input(observeInputs.invocationsList).query(({ ctx, input }) => listInvocations(ctx, input)),
  get: procedure.input(observeInputs.invocationsGet).query(({ ctx, input }) => getInvocation(ctx, input)),
})
