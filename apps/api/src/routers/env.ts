import { envInputs } from '@lathe/shared'
import { listEnv } from '../services/env/list.ts'
import { setEnv } from '../services/env/set.ts'
import { unsetEnv } from '../services/env/unset.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const envRouter = router({
  list: procedure.input(envInputs.list).query(({ ctx, input }) => listEnv(ctx, input)),
  set: procedure.input(envInputs.set).mutation(({ ctx, input }) => setEnv(ctx, input)),
  unset: procedure.input(envInputs.unset).mutation(({ ctx, input }) => unsetEnv(ctx, input)),
})
