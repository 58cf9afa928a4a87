import { inputs } from '@lathe/shared'
import { completeSetup } from '../services/setup/complete.ts'
import { setupStatus } from '../services/setup/status.ts'
import { openProcedure, router } from '../trpc/trpc.ts'

/** The first run: open to everybody, until the one-time link has made the first account. */
export const setupRouter = router({
  status: openProcedure.query(({ ctx }) => setupStatus(ctx)),
  complete: openProcedure.input(inputs.setupComplete).mutation(({ ctx, input }) => completeSetup(ctx, input)),
})
