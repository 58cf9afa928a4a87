import { apps } from './zh-cn/apps.ts'
import { common } from './zh-cn/common.ts'
import { metrics } from './zh-cn/metrics.ts'
import { shell } from './zh-cn/shell.ts'
import { signIn } from './zh-cn/sign-in.ts'

/** The Chinese side of `en-first.ts`. */
export const zhCnFirst = {
  ...common,
  ...shell,
  ...apps,
  ...metrics,
  ...signIn,
}
