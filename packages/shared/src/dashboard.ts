import { z } from 'zod'
import { teamIdSchema } from './ids.ts'
import type { AppView } from './views.ts'

export const dashboardInputs = { follow: z.object({ teamId: teamIdSchema }) } as const

/** One app at a glance: a team may have thousands, so what a card does not show is left out. */
export interface DashboardApp
  extends Pick<
    AppView,
    | 'appid'
    | 'name'
    | 'phase'
    | 'phaseError'
    | 'url'
    | 'functionCount'
    | 'lastPublish'
    | 'isolation'
    | 'lastTests'
    | 'createdAt'
  > {
  /** By minute, the last 60, or empty where there were none; the last number belongs to the minute that is not over yet. */
  requests: number[]
  errors: number[]
  /** Of this hour and the one before, in milliseconds; null where nothing was counted. */
  p95: number | null
  /** What its packages take on disk. */
  packageBytes: number
}

/** A function that fails or is slow, in this hour and the one before. */
export interface DashboardFunction {
  appid: string
  functionName: string
  requests: number
  errors: number
  p95: number | null
}

/** Somebody who has an app open now. */
export interface DashboardPerson {
  who: string
  appid: string
  functionName: string | null
}

/** What somebody did to an app. */
export interface DashboardActivity {
  id: string
  at: string
  who: string
  action: string
  appid: string | null
  target: string
}

/**
 * What `dashboard.follow` yields: first everything, then what has changed since.
 * Whatever is left out is as it was.
 */
export interface DashboardEvent {
  /** New and changed apps. */
  apps: DashboardApp[]
  /** Appids that are no longer there. */
  gone: string[]
  failing?: DashboardFunction[]
  slow?: DashboardFunction[]
  /** Over all apps of the team. */
  p95?: number | null
  people?: DashboardPerson[]
  activity?: DashboardActivity[]
}
