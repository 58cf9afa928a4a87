import { debugInputs } from '@lathe/shared'
import { sendDebugCommand } from '../services/debug/send.ts'
import { debugSession } from '../services/debug/session.ts'
import { procedure, router, streamErrors } from '../trpc/trpc.ts'

export const debugRouter = router({
  session: procedure
    .input(debugInputs.session)
    .subscription(({ ctx, input, signal }) => streamErrors(debugSession(ctx, input, signal))),
  send: procedure.input(debugInputs.send).mutation(({ ctx, input }) => sendDebugCommand(ctx, input)),
})
