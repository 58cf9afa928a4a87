import { type Permission, permissions } from '@lathe/shared'
import { router } from '../trpc/trpc.ts'
import { accountRouter, sessionsRouter } from './account.ts'
import { appsRouter } from './apps.ts'
import { auditRouter } from './audit.ts'
import { casesRouter } from './cases.ts'
import { commentsRouter } from './comments.ts'
import { dashboardRouter } from './dashboard.ts'
import { debugRouter } from './debug.ts'
import { dependenciesRouter, registriesRouter } from './dependencies.ts'
import { envRouter } from './env.ts'
import { functionsRouter } from './functions.ts'
import { invocationsRouter } from './invocations.ts'
import { logsRouter } from './logs.ts'
import { metricsRouter } from './metrics.ts'
import { presenceRouter } from './presence.ts'
import { revisionsRouter } from './revisions.ts'
import { runsRouter } from './runs.ts'
import { setupRouter } from './setup.ts'
import { systemRouter } from './system.ts'
import { invitationsRouter, membersRouter, ownersRouter, teamsRouter } from './teams.ts'
import { testsRouter } from './tests.ts'
import { teamTokensRouter, tokensRouter } from './tokens.ts'
import { triggersRouter } from './triggers.ts'
import { variableSetsRouter } from './variable-sets.ts'

export const appRouter = router({
  account: accountRouter,
  apps: appsRouter,
  audit: auditRouter,
  cases: casesRouter,
  comments: commentsRouter,
  debug: debugRouter,
  dashboard: dashboardRouter,
  dependencies: dependenciesRouter,
  env: envRouter,
  functions: functionsRouter,
  invitations: invitationsRouter,
  invocations: invocationsRouter,
  logs: logsRouter,
  members: membersRouter,
  metrics: metricsRouter,
  presence: presenceRouter,
  owners: ownersRouter,
  registries: registriesRouter,
  revisions: revisionsRouter,
  runs: runsRouter,
  sessions: sessionsRouter,
  setup: setupRouter,
  system: systemRouter,
  teams: teamsRouter,
  tests: testsRouter,
  teamTokens: teamTokensRouter,
  tokens: tokensRouter,
  triggers: triggersRouter,
  variableSets: variableSetsRouter,
})
export type AppRouter = typeof appRouter

type Procedures = AppRouter['_def']['record']
type ProcedureName = {
  [R in keyof Procedures & string]: `${R}.${keyof Procedures[R] & string}`
}[keyof Procedures & string]

// A procedure without a row in the permission matrix does not compile: say in packages/shared/src/permissions.ts who may call it.
permissions satisfies Record<ProcedureName, Permission>
