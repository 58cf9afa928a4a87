import { editingInputs, inputs } from '@lathe/shared'
import { createFunction } from '../services/functions/create.ts'
import { deleteFunction } from '../services/functions/delete.ts'
import { deletedFunctions } from '../services/functions/deleted.ts'
import { getFunction } from '../services/functions/get.ts'
import { listFunctions } from '../services/functions/list.ts'
import { publishFunction } from '../services/functions/publish.ts'
import { publishMany } from '../services/functions/publish-many.ts'
import { renameFunction } from '../services/functions/rename.ts'
import { renameMany } from '../services/functions/rename-many.ts'
import { restoreFunction } from '../services/functions/restore.ts'
import { saveDraft } from '../services/functions/save-draft.ts'
import { listSources } from '../services/functions/sources.ts'
import { updateFunction } from '../services/functions/update.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const functionsRouter = router({
  list: procedure.input(inputs.app).query(({ ctx, input }) => listFunctions(ctx, input)),
  get: procedure.input(inputs.function).query(({ ctx, input }) => getFunction(ctx, input)),
  create: procedure.input(inputs.functionsCreate).mutation(({ ctx, input }) => createFunction(ctx, input)),
  saveDraft: procedure.input(editingInputs.saveDraft).mutation(({ ctx, input }) => saveDraft(ctx, input)),
  publish: procedure.input(editingInputs.publish).mutation(({ ctx, input }) => publishFunction(ctx, input)),
  publishMany: procedure
    .input(editingInputs.publishMany)
    .mutation(({ ctx, input }) => publishMany(ctx, input)),
  sources: procedure.input(editingInputs.sources).query(({ ctx, input }) => listSources(ctx, input)),
  rename: procedure.input(inputs.functionsRename).mutation(({ ctx, input }) => renameFunction(ctx, input)),
  renameMany: procedure.input(editingInputs.renameMany).mutation(({ ctx, input }) => renameMany(ctx, input)),
  delete: procedure.input(inputs.function).mutation(({ ctx, input }) => deleteFunction(ctx, input)),
  deleted: procedure.input(inputs.app).query(({ ctx, input }) => deletedFunctions(ctx, input)),
  restore: procedure.input(inputs.functionsRestore).mutation(({ ctx, input }) => restoreFunction(ctx, input)),
  update: procedure.input(inputs.functionsUpdate).mutation(({ ctx, input }) => updateFunction(ctx, input)),
})
