import type { settings as en } from '../en/settings.ts'
import type { Messages } from '../i18n.ts'

export const settings: Messages<typeof en> = {
  'settings.about': '关于',
  'settings.aboutText': '其他程序用这些信息识别此应用。',
  'settings.address': '地址',
  'settings.appid': '应用 ID',
  'settings.copyAppid': '复制应用 ID',
  'settings.created': '创建时间',
  'settings.danger': '删除',
  'settings.dangerText': '函数、历史版本和数据库将一并删除。',
  'settings.delete': '删除应用',
  'settings.deleteConfirm': '输入 {name} 以确认',
  'settings.deleteText': '{n|# 个函数}、它们的历史版本和应用的数据库将被永久删除。',
  'settings.deleteTitle': '删除 {name}？',
  'settings.name': '名称',
  'settings.nameText': '仅供人看；地址不会改变。',
  'settings.replicas': '{total} 个运行时中 {live} 个在线',
  'settings.state': '运行时',
  'settings.stateText': '停止的应用返回 503。无人使用的应用会休眠，并在下一次请求或运行时唤醒。',
  'settings.title': '设置',

  'settings.typeCheck': '类型错误',
  'settings.typeCheckText':
    '要发布的内容存在 TypeScript 错误时，控制台如何处理。通过 API 发布的程序不受影响。',
  'settings.typeCheckOff': '不检查',
  'settings.typeCheckWarn': '列出',
  'settings.typeCheckRefuse': '拒绝发布',
}
