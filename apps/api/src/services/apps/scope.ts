import type { AppDoc } from '../../mongo/documents.ts'
import { notFound, Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'

/**
 * The app that the permission matrix has let this request to. Every verb on an app, its functions, runs or logs begins
 * here: one whose row in the matrix is of something else finds no app.
 */
export function appOf({ app }: SignedRequest, appid: string): AppDoc {
  if (app?._id !== appid) throw notFound('app', appid)
  return app
}

/** The same, for what cannot be done to an app that is on its way out. */
export function livingAppOf(request: SignedRequest, appid: string): AppDoc {
  const app = appOf(request, appid)
  if (app.phase === 'deleting') {
    throw new Refusal('APP_NOT_RUNNING', 'The app is being deleted.', { phase: app.phase })
  }
  return app
}
