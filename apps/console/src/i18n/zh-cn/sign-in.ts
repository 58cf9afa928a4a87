import type { signIn as en } from '../en/sign-in.ts'
import type { Messages } from '../i18n.ts'

export const signIn: Messages<typeof en> = {
  'account.menu': '账户',
  'account.signOut': '退出登录',
  'account.title': '账户',
  'signIn.busy': '错误尝试次数过多。请在 {minutes} 分钟后再试。',
  'signIn.email': '邮箱',
  'signIn.password': '密码',
  'signIn.submit': '登录',
  'signIn.text': '写一个函数，发布它，看它响应。',
  'signIn.title': '登录',
  'signIn.wrong': '邮箱或密码错误。',
}
