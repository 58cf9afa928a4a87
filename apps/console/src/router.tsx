import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { ErrorView } from './components/error-view.tsx'
import { GlobalCommands } from './components/shell/global-commands.tsx'
import { Empty } from './components/ui/empty.tsx'
import { appQuery } from './data/apps.ts'
import { dependenciesQuery } from './data/dependencies.ts'
import { envQuery } from './data/env.ts'
import { functionQuery, functionsQuery } from './data/functions.ts'
import { followPreferences } from './data/preferences.ts'
import { sessionQuery } from './data/session.ts'
import { teamsQuery } from './data/teams.ts'
import { triggersQuery } from './data/triggers.ts'
import { onSignedOut, queryClient } from './data/trpc.ts'
import { sorts, states } from './features/apps/select-apps.ts'
import { logsSearch } from './features/logs/logs-search.ts'
import { metricsSearch } from './features/metrics/metrics-search.ts'
import { t, withMessages } from './i18n/i18n.ts'
import { lineIn, placeWithin } from './lib/place-within.ts'
import { count, given, oneOf, type Search, text } from './lib/search-params.ts'

/** A page of its own file, which comes with its messages. */
function page<T extends Record<string, unknown>, K extends keyof T & string>(
  load: () => Promise<T>,
  name: K,
) {
  return lazyRouteComponent(withMessages(load), name)
}

const root = createRootRoute({
  component: () => (
    <>
      <Outlet />
      <GlobalCommands />
    </>
  ),
  notFoundComponent: () => (
    <main className="h-full">
      <Empty title={t('notFound.title')} text={t('notFound.text')}>
        <a href="/apps" className="text-accent underline underline-offset-4">
          {t('apps.all')}
        </a>
      </Empty>
    </main>
  ),
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Search) => ({
    ...given('next', placeWithin(text(search, 'next'))),
    ...given('error', text(search, 'error')),
  }),
  component: page(() => import('./features/auth/sign-in.tsx'), 'SignInPage'),
})

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (search: Search) => given('token', text(search, 'token')),
  component: page(() => import('./features/auth/setup.tsx'), 'SetupPage'),
})

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  validateSearch: (search: Search) => given('token', text(search, 'token')),
  beforeLoad: () => void queryClient.prefetchQuery(sessionQuery),
  component: page(() => import('./features/auth/invitation.tsx'), 'InvitationPage'),
})

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  validateSearch: (search: Search) => given('token', text(search, 'token')),
  component: page(() => import('./features/auth/reset-password.tsx'), 'ResetPasswordPage'),
})

const confirmEmail = createRoute({
  getParentRoute: () => root,
  path: '/confirm-email',
  validateSearch: (search: Search) => given('token', text(search, 'token')),
  component: page(() => import('./features/auth/confirm-email.tsx'), 'ConfirmEmailPage'),
})

const index = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/apps' })
  },
})

/** Everything behind the sign-in. */
const signed = createRoute({
  getParentRoute: () => root,
  id: '_signed',
  beforeLoad: async ({ location }) => {
    const person = await queryClient.ensureQueryData(sessionQuery)
    if (!person) throw redirect({ to: '/sign-in', search: { next: location.href } })
    void followPreferences()
  },
})

const apps = createRoute({
  getParentRoute: () => signed,
  path: '/apps',
  validateSearch: (search: Search) => ({
    ...given('q', text(search, 'q')),
    ...given('sort', oneOf(search, 'sort', sorts)),
    ...given('state', oneOf(search, 'state', states)),
  }),
  loader: () => void queryClient.prefetchQuery(teamsQuery()),
  // Its messages are among the first.
  component: lazyRouteComponent(() => import('./features/apps/apps-page.tsx'), 'AppsPage'),
})

const account = createRoute({
  getParentRoute: () => signed,
  path: '/account',
  component: page(() => import('./features/account/account-page.tsx'), 'AccountPage'),
})

const team = createRoute({
  getParentRoute: () => signed,
  path: '/team',
  component: page(() => import('./features/team/team-layout.tsx'), 'TeamLayout'),
})

const teamIndex = createRoute({
  getParentRoute: () => team,
  path: '/',
  component: page(() => import('./features/team/overview-page.tsx'), 'OverviewPage'),
})

const audit = createRoute({
  getParentRoute: () => team,
  path: '/audit',
  validateSearch: (search: Search) => given('q', text(search, 'q')),
  component: page(() => import('./features/team/audit-page.tsx'), 'AuditPage'),
})

const members = createRoute({
  getParentRoute: () => team,
  path: '/members',
  component: page(() => import('./features/team/members-page.tsx'), 'MembersPage'),
})

const teamTokens = createRoute({
  getParentRoute: () => team,
  path: '/tokens',
  component: page(() => import('./features/team/tokens-page.tsx'), 'TeamTokensPage'),
})

const app = createRoute({
  getParentRoute: () => signed,
  path: '/apps/$appid',
  loader: ({ params }) => void queryClient.prefetchQuery(appQuery(params.appid)),
  component: page(() => import('./features/apps/app-layout.tsx'), 'AppLayout'),
})

const appIndex = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/apps/$appid/functions', params })
  },
})

const workspace = () => import('./features/workspace/workspace-page.tsx')

/** Where in the source the editor opens, and which case the tests show: links from logs, stacks and colleagues carry it. */
const place = (search: Search) => ({
  ...given('line', count(search, 'line')),
  ...given('column', count(search, 'column')),
  ...given('case', text(search, 'case')),
})

const functions = createRoute({
  getParentRoute: () => app,
  path: '/functions',
  loader: ({ params }) => void queryClient.prefetchQuery(functionsQuery(params.appid)),
  component: page(workspace, 'WorkspacePage'),
})

/** The function's name is the rest of the path: names have slashes. */
const fn = createRoute({
  getParentRoute: () => functions,
  path: '/$',
  validateSearch: place,
  // `#L12`, as people write links to a line.
  beforeLoad: ({ location: { hash }, params }) => {
    const line = lineIn(hash)
    if (line === undefined) return
    throw redirect({ to: '/apps/$appid/functions/$', params, search: { line }, hash: '', replace: true })
  },
  loader: ({ params }) => {
    if (params._splat) void queryClient.prefetchQuery(functionQuery(params.appid, params._splat))
  },
})

const dependencies = createRoute({
  getParentRoute: () => app,
  path: '/dependencies',
  validateSearch: (search: Search) => given('add', text(search, 'add')),
  loader: ({ params }) => void queryClient.prefetchQuery(dependenciesQuery(params.appid)),
  component: page(() => import('./features/dependencies/dependencies-page.tsx'), 'DependenciesPage'),
})

const logs = createRoute({
  getParentRoute: () => app,
  path: '/logs',
  validateSearch: logsSearch,
  component: page(() => import('./features/logs/logs-page.tsx'), 'LogsPage'),
})

const metrics = createRoute({
  getParentRoute: () => app,
  path: '/metrics',
  validateSearch: metricsSearch,
  component: page(() => import('./features/metrics/metrics-page.tsx'), 'MetricsPage'),
})

const triggers = createRoute({
  getParentRoute: () => app,
  path: '/triggers',
  loader: ({ params }) => void queryClient.prefetchQuery(triggersQuery(params.appid)),
  component: page(() => import('./features/triggers/triggers-page.tsx'), 'TriggersPage'),
})

const env = createRoute({
  getParentRoute: () => app,
  path: '/env',
  loader: ({ params }) => void queryClient.prefetchQuery(envQuery(params.appid)),
  component: page(() => import('./features/env/env-page.tsx'), 'EnvPage'),
})

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  component: page(() => import('./features/settings/settings-page.tsx'), 'SettingsPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    index,
    signIn,
    setup,
    invitation,
    resetPassword,
    confirmEmail,
    signed.addChildren([
      apps,
      account,
      team.addChildren([teamIndex, members, teamTokens, audit]),
      app.addChildren([
        appIndex,
        functions.addChildren([fn]),
        dependencies,
        logs,
        metrics,
        triggers,
        env,
        settings,
      ]),
    ]),
  ]),
  defaultPreload: 'intent',
  defaultPreloadDelay: 30,
  defaultErrorComponent: ({ error, reset }) => (
    <main className="h-full">
      <ErrorView what={t('error.page')} error={error} onRetry={reset} />
    </main>
  ),
})

onSignedOut(() => {
  const { pathname, href } = router.state.location
  queryClient.setQueryData(sessionQuery.queryKey, null)
  if (pathname !== '/sign-in') void router.navigate({ to: '/sign-in', search: { next: href } })
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
