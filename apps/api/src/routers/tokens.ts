import { inputs } from '@lathe/shared'
import { createToken } from '../services/tokens/create.ts'
import { listTokens } from '../services/tokens/list.ts'
import { revokeToken } from '../services/tokens/revoke.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const tokensRouter = router({
  create: procedure.input(inputs.tokensCreate).mutation(({ ctx, input }) => createToken(ctx, input)),
  list: procedure.query(({ ctx }) => listTokens(ctx)),
  revoke: procedure.input(inputs.tokensRevoke).mutation(({ ctx, input }) => revokeToken(ctx, input)),
})
