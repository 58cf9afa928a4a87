import { accountInputs, preferencesSchema } from '@lathe/shared'
import { changeEmail, confirmEmail } from '../services/account/change-email.ts'
import { changePassword } from '../services/account/change-password.ts'
import { me } from '../services/account/me.ts'
import { preferences, setPreferences } from '../services/account/preferences.ts'
import { requestReset, resetPassword } from '../services/account/reset-password.ts'
import { security, signInOptions } from '../services/account/security.ts'
import { listSessions } from '../services/sessions/list.ts'
import { revokeOtherSessions, revokeSession } from '../services/sessions/revoke.ts'
import { openProcedure, procedure, router } from '../trpc/trpc.ts'

export const accountRouter = router({
  me: procedure.query(({ ctx }) => me(ctx)),
  preferences: procedure.query(({ ctx }) => preferences(ctx)),
  setPreferences: procedure
    .input(preferencesSchema.partial())
    .mutation(({ ctx, input }) => setPreferences(ctx, input)),
  security: procedure.query(({ ctx }) => security(ctx)),
  changePassword: procedure
    .input(accountInputs.changePassword)
    .mutation(({ ctx, input }) => changePassword(ctx, input)),
  changeEmail: procedure
    .input(accountInputs.changeEmail)
    .mutation(({ ctx, input }) => changeEmail(ctx, input)),
  confirmEmail: openProcedure
    .input(accountInputs.confirmEmail)
    .mutation(({ ctx, input }) => confirmEmail(ctx, input)),
  requestReset: openProcedure
    .input(accountInputs.requestReset)
    .mutation(({ ctx, input }) => requestReset(ctx, input)),
  resetPassword: openProcedure
    .input(accountInputs.resetPassword)
    .mutation(({ ctx, input }) => resetPassword(ctx, input)),
  signInOptions: openProcedure.query(({ ctx }) => signInOptions(ctx)),
})

export const sessionsRouter = router({
  list: procedure.query(({ ctx }) => listSessions(ctx)),
  revoke: procedure.input(accountInputs.session).mutation(({ ctx, input }) => revokeSession(ctx, input)),
  revokeOthers: procedure.mutation(({ ctx }) => revokeOtherSessions(ctx)),
})
