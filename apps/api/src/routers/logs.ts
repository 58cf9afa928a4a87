import { inputs } from '@lathe/shared'
import { tailLogs } from '../services/logs/tail.ts'
import { procedure, router, streamErrors } from '../trpc/trpc.ts'

export const logsRouter = router({
  /** Each event has an id, so that a client which reconnects goes on where it was: the client sees `{ id, data }`. */
  tail: procedure
    .input(inputs.logsTail)
    .subscription(({ ctx, input, signal }) => streamErrors(tailLogs(ctx, input, signal))),
})
