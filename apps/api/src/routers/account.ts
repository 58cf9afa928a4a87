import { preferencesSchema } from '@lathe/shared'
import { me } from '../services/account/me.ts'
import { preferences, setPreferences } from '../services/account/preferences.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const accountRouter = router({
  me: procedure.query(({ ctx }) => me(ctx)),
  preferences: procedure.query(({ ctx }) => preferences(ctx)),
  setPreferences: procedure
    .input(preferencesSchema.partial())
    .mutation(({ ctx, input }) => setPreferences(ctx, input)),
})
