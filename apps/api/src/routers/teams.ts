import { listTeams } from '../services/teams/list.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const teamsRouter = router({
  list: procedure.query(({ ctx }) => listTeams(ctx)),
})
