import type { AppView } from '@lathe/shared'
import type { Context } from '../../context.ts'
import type { AppDoc } from '../../mongo/documents.ts'
import { settingsOf } from '../../reconciler/app-route.ts'

export function appUrl(context: Pick<Context, 'env'>, appid: string): string {
  const { LATHE_CONSOLE_URL, LATHE_APPS_DOMAIN } = context.env
  // What ends TLS for the console does it for the apps too.
  return `${LATHE_CONSOLE_URL.slice(0, LATHE_CONSOLE_URL.indexOf(':'))}://${appid}.${LATHE_APPS_DOMAIN}`
}

export function appView(context: Pick<Context, 'env' | 'channels'>, app: AppDoc): AppView {
  const ready = context.channels.ready(app._id)
  const { lastPublish, lastTests } = app
  const isWanted = app.state === 'running' && app.phase !== 'sleeping'
  return {
    appid: app._id,
    teamId: app.teamId,
    name: app.name,
    state: app.state,
    phase: app.phase,
    phaseError: app.phase === 'failed' ? app.phaseError : null,
    url: appUrl(context, app._id),
    functionCount: app.functionCount,
    lastPublish: lastPublish ? { ...lastPublish, at: lastPublish.at.toISOString() } : null,
    settings: settingsOf(app),
    isolation: ready[0]?.isolation ?? [],
    replicas: {
      live: ready.length,
      total: Math.max(isWanted ? context.env.LATHE_REPLICAS : 0, ready.length),
    },
    testsGatePublish: app.testsGatePublish ?? false,
    lastTests: lastTests ? { ...lastTests, at: lastTests.at.toISOString() } : null,
    typeCheck: app.typeCheck ?? 'warn',
    createdAt: app.createdAt.toISOString(),
  }
}
