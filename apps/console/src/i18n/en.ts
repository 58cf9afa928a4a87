import { account } from './en/account.ts'
import { apps } from './en/apps.ts'
import { common } from './en/common.ts'
import { debug } from './en/debug.ts'
import { dependencies } from './en/dependencies.ts'
import { editor } from './en/editor.ts'
import { env } from './en/env.ts'
import { isolation } from './en/isolation.ts'
import { logs } from './en/logs.ts'
import { metrics } from './en/metrics.ts'
import { run } from './en/run.ts'
import { security } from './en/security.ts'
import { settings } from './en/settings.ts'
import { shell } from './en/shell.ts'
import { team } from './en/team.ts'
import { tests } from './en/tests.ts'
import { triggers } from './en/triggers.ts'

/** The English messages, one file per feature; with their ids and values they are the type of every other catalog. */
export const en = {
  ...common,
  ...shell,
  ...account,
  ...security,
  ...apps,
  ...settings,
  ...isolation,
  ...team,
  ...editor,
  ...run,
  ...debug,
  ...dependencies,
  ...env,
  ...tests,
  ...triggers,
  ...logs,
  ...metrics,
} as const
