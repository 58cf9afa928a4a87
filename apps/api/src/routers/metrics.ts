import { metricsInputs } from '@lathe/shared'
import { functionMetrics } from '../services/metrics/functions.ts'
import { recentMetrics } from '../services/metrics/recent.ts'
import { metricsSeries } from '../services/metrics/series.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const metricsRouter = router({
  series: procedure.input(metricsInputs.series).query(({ ctx, input }) => metricsSeries(ctx, input)),
  functions: procedure.input(metricsInputs.functions).query(({ ctx, input }) => functionMetrics(ctx, input)),
  recent: procedure.input(metricsInputs.recent).query(({ ctx, input }) => recentMetrics(ctx, input)),
})
