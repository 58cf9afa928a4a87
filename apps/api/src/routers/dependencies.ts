import { dependencyInputs } from '@lathe/shared'
import { addDependencies } from '../services/dependencies/add.ts'
import { checkDependencies } from '../services/dependencies/check.ts'
import { listDependencies } from '../services/dependencies/list.ts'
import { setPermissions } from '../services/dependencies/permissions.ts'
import { cancelChange, dependencyProgress } from '../services/dependencies/progress.ts'
import { listRegistries, removeRegistry, saveRegistry } from '../services/dependencies/registries.ts'
import { removeDependencies } from '../services/dependencies/remove.ts'
import { receiptFor, searchDependencies, versionsOf } from '../services/dependencies/search.ts'
import { updateDependencies } from '../services/dependencies/update.ts'
import { procedure, router, streamErrors } from '../trpc/trpc.ts'

const inputs = dependencyInputs

export const dependenciesRouter = router({
  list: procedure.input(inputs.app).query(({ ctx, input }) => listDependencies(ctx, input)),
  /** Newer versions, deprecations and advisories: asks the registry. */
  check: procedure.input(inputs.app).query(({ ctx, input }) => checkDependencies(ctx, input)),
  search: procedure
    .input(inputs.search)
    .query(({ ctx, input, signal }) => searchDependencies(ctx, input, signal)),
  versions: procedure.input(inputs.package).query(({ ctx, input }) => versionsOf(ctx, input)),
  receipt: procedure.input(inputs.receipt).query(({ ctx, input, signal }) => receiptFor(ctx, input, signal)),
  add: procedure.input(inputs.add).mutation(({ ctx, input }) => addDependencies(ctx, input)),
  update: procedure.input(inputs.update).mutation(({ ctx, input }) => updateDependencies(ctx, input)),
  remove: procedure.input(inputs.remove).mutation(({ ctx, input }) => removeDependencies(ctx, input)),
  cancel: procedure.input(inputs.cancel).mutation(({ ctx, input }) => cancelChange(ctx, input)),
  permissions: procedure.input(inputs.permissions).mutation(({ ctx, input }) => setPermissions(ctx, input)),
  progress: procedure
    .input(inputs.app)
    .subscription(({ ctx, input, signal }) => streamErrors(dependencyProgress(ctx, input, signal))),
})

export const registriesRouter = router({
  list: procedure.input(inputs.team).query(({ ctx }) => listRegistries(ctx)),
  save: procedure.input(inputs.registrySave).mutation(({ ctx, input }) => saveRegistry(ctx, input)),
  remove: procedure.input(inputs.registryRemove).mutation(({ ctx, input }) => removeRegistry(ctx, input)),
})
