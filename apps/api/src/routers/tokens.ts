import { tokenInputs } from '@lathe/shared'
import { createToken } from '../services/tokens/create.ts'
import { listTokens } from '../services/tokens/list.ts'
import { revokeToken } from '../services/tokens/revoke.ts'
import { createTeamToken, listTeamTokens, revokeTeamToken } from '../services/tokens/team.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const tokensRouter = router({
  create: procedure.input(tokenInputs.create).mutation(({ ctx, input }) => createToken(ctx, input)),
  list: procedure.query(({ ctx }) => listTokens(ctx)),
  revoke: procedure.input(tokenInputs.revoke).mutation(({ ctx, input }) => revokeToken(ctx, input)),
})

export const teamTokensRouter = router({
  create: procedure.input(tokenInputs.teamCreate).mutation(({ ctx, input }) => createTeamToken(ctx, input)),
  list: procedure.input(tokenInputs.team).query(({ ctx }) => listTeamTokens(ctx)),
  revoke: procedure.input(tokenInputs.teamRevoke).mutation(({ ctx, input }) => revokeTeamToken(ctx, input)),
})
