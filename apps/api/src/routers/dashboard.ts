import { dashboardInputs } from '@lathe/shared'
import { followDashboard } from '../services/dashboard/follow.ts'
import { procedure, router, streamErrors } from '../trpc/trpc.ts'

export const dashboardRouter = router({
  follow: procedure
    .input(dashboardInputs.follow)
    .subscription(({ ctx, signal }) => streamErrors(followDashboard(ctx, signal))),
})
