import { account } from './en/account.ts'
import { comments } from './en/comments.ts'
import { debug } from './en/debug.ts'
import { dependencies } from './en/dependencies.ts'
import { editor } from './en/editor.ts'
import { env } from './en/env.ts'
import { isolation } from './en/isolation.ts'
import { logs } from './en/logs.ts'
import { run } from './en/run.ts'
import { security } from './en/security.ts'
import { settings } from './en/settings.ts'
import { socket } from './en/socket.ts'
import { team } from './en/team.ts'
import { tests } from './en/tests.ts'
import { triggers } from './en/triggers.ts'

/** What all other pages say: comes with the first of them. */
export const enPages = {
  ...account,
  ...security,
  ...settings,
  ...isolation,
  ...team,
  ...editor,
  ...comments,
  ...run,
  ...socket,
  ...debug,
  ...dependencies,
  ...env,
  ...tests,
  ...triggers,
  ...logs,
} as const
