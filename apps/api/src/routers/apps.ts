import { inputs } from '@lathe/shared'
import { createApp } from '../services/apps/create.ts'
import { deleteApp } from '../services/apps/delete.ts'
import { getApp } from '../services/apps/get.ts'
import { listApps } from '../services/apps/list.ts'
import { renameApp } from '../services/apps/rename.ts'
import { restartApp } from '../services/apps/restart.ts'
import { startApp } from '../services/apps/start.ts'
import { stopApp } from '../services/apps/stop.ts'
import { updateApp } from '../services/apps/update.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const appsRouter = router({
  list: procedure.input(inputs.appsList).query(({ ctx, input }) => listApps(ctx, input)),
  get: procedure.input(inputs.app).query(({ ctx, input }) => getApp(ctx, input)),
  create: procedure.input(inputs.appsCreate).mutation(({ ctx, input }) => createApp(ctx, input)),
  rename: procedure.input(inputs.appsRename).mutation(({ ctx, input }) => renameApp(ctx, input)),
  update: procedure.input(inputs.appsUpdate).mutation(({ ctx, input }) => updateApp(ctx, input)),
  start: procedure.input(inputs.app).mutation(({ ctx, input }) => startApp(ctx, input)),
  stop: procedure.input(inputs.app).mutation(({ ctx, input }) => stopApp(ctx, input)),
  restart: procedure.input(inputs.app).mutation(({ ctx, input }) => restartApp(ctx, input)),
  delete: procedure.input(inputs.appsDelete).mutation(({ ctx, input }) => deleteApp(ctx, input)),
})
