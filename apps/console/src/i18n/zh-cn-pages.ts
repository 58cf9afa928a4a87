import { account } from './zh-cn/account.ts'
import { comments } from './zh-cn/comments.ts'
import { debug } from './zh-cn/debug.ts'
import { dependencies } from './zh-cn/dependencies.ts'
import { editor } from './zh-cn/editor.ts'
import { env } from './zh-cn/env.ts'
import { isolation } from './zh-cn/isolation.ts'
import { logs } from './zh-cn/logs.ts'
import { run } from './zh-cn/run.ts'
import { security } from './zh-cn/security.ts'
import { settings } from './zh-cn/settings.ts'
import { socket } from './zh-cn/socket.ts'
import { team } from './zh-cn/team.ts'
import { tests } from './zh-cn/tests.ts'
import { triggers } from './zh-cn/triggers.ts'

/** The Chinese side of `en-pages.ts`. */
export const zhCnPages = {
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
}
