import { me } from '../services/account/me.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const accountRouter = router({
  me: procedure.query(({ ctx }) => me(ctx)),
})
