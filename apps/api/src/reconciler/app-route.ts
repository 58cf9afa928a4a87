import { type AppSettings, type Route, usualSettings } from '@lathe/shared'
import type { AppDoc } from '../mongo/documents.ts'

/** An app's settings, whether or not anybody has changed them. */
export function settingsOf({ settings }: Pick<AppDoc, 'settings'>): AppSettings {
  return { ...usualSettings, ...settings }
}

/** What gateways are told of an app. */
export function routeOf(
  app: Pick<AppDoc, '_id' | 'settings'>,
  state: Route['state'],
  upstreams: Route['upstreams'],
): Route {
  const { cors, requestsPerSecond, concurrency } = settingsOf(app)
  return {
    appid: app._id,
    state,
    upstreams,
    ...(cors ? { cors } : {}),
    ...(requestsPerSecond ? { requestsPerSecond } : {}),
    ...(concurrency ? { concurrency } : {}),
  }
}
