import { variableSetInputs } from '@lathe/shared'
import { deleteVariableSet } from '../services/variable-sets/delete.ts'
import { listVariableSets } from '../services/variable-sets/list.ts'
import { saveVariableSet } from '../services/variable-sets/save.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const variableSetsRouter = router({
  list: procedure.input(variableSetInputs.list).query(({ ctx, input }) => listVariableSets(ctx, input)),
  save: procedure.input(variableSetInputs.save).mutation(({ ctx, input }) => saveVariableSet(ctx, input)),
  delete: procedure.input(variableSetInputs.one).mutation(({ ctx, input }) => deleteVariableSet(ctx, input)),
})
