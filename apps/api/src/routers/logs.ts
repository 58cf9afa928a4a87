import { inputs, observeInputs } from '@lathe/shared'
import { queryLogs } from '../services/logs/query.ts'
import { tailLogs } from '../services/logs/tail.ts'
import { procedure, router, streamErrors } from '../trpc/trpc.ts'

export const logsRouter = router({
  query: procedure.input(observeInputs.logsQuery).query(({ ctx, input }) => queryLogs(ctx, input)),
  /** Each event has an id, so that a client which reconnects goes on where it was: the client sees `{ id, data }`. */
  tail: procedure
    .input(inputs.logsTail)
    .subscription(({ ctx, input, signal }) => streamErrors(tailLogs(ctx, input, signal))),
})
