import { editingInputs } from '@lathe/shared'
import { moveTo } from '../services/presence/at.ts'
import { followPresence } from '../services/presence/follow.ts'
import { procedure, router, streamErrors } from '../trpc/trpc.ts'

export const presenceRouter = router({
  follow: procedure
    .input(editingInputs.follow)
    .subscription(({ ctx, input, signal }) => streamErrors(followPresence(ctx, input, signal))),
  at: procedure.input(editingInputs.at).mutation(({ ctx, input }) => moveTo(ctx, input)),
})
