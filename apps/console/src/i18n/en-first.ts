import { apps } from './en/apps.ts'
import { common } from './en/common.ts'
import { metrics } from './en/metrics.ts'
import { shell } from './en/shell.ts'
import { signIn } from './en/sign-in.ts'

/** What the sign-in, the list of apps and the frame of every page say: part of what is loaded first. */
export const enFirst = {
  ...common,
  ...shell,
  ...apps,
  ...metrics,
  ...signIn,
} as const
