import { triggerInputs } from '@lathe/shared'
import { deleteTrigger } from '../services/triggers/delete.ts'
import { triggerHistory } from '../services/triggers/history.ts'
import { listTriggers } from '../services/triggers/list.ts'
import { previewTrigger } from '../services/triggers/preview.ts'
import { runTrigger } from '../services/triggers/run.ts'
import { saveTrigger } from '../services/triggers/save.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const triggersRouter = router({
  list: procedure.input(triggerInputs.list).query(({ ctx, input }) => listTriggers(ctx, input)),
  preview: procedure.input(triggerInputs.preview).query(({ ctx, input }) => previewTrigger(ctx, input)),
  history: procedure.input(triggerInputs.history).query(({ ctx, input }) => triggerHistory(ctx, input)),
  save: procedure.input(triggerInputs.save).mutation(({ ctx, input }) => saveTrigger(ctx, input)),
  run: procedure.input(triggerInputs.one).mutation(({ ctx, input }) => runTrigger(ctx, input)),
  delete: procedure.input(triggerInputs.one).mutation(({ ctx, input }) => deleteTrigger(ctx, input)),
})
