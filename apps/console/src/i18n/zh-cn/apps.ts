import type { apps as en } from '../en/apps.ts'
import type { Messages } from '../i18n.ts'

export const apps: Messages<typeof en> = {
  'apps.all': '全部应用',
  'apps.badName': '请使用 1 到 64 个可见字符。',
  'apps.copyUrl': '复制地址',
  'apps.create': '创建应用',
  'apps.emptyAction': '创建第一个应用',
  'apps.emptyText': '一个应用是一组函数，拥有自己的地址、自己的数据库和自己的进程。创建只需一秒。',
  'apps.emptyTitle': '还没有应用',
  'apps.failed': '无法加载应用列表',
  'apps.functions': '{n|# 个函数}',
  'apps.lastPublish': '{who} 于{ago}发布了 {name}',
  'apps.name': '应用名称',
  'apps.neverPublished': '尚未发布',
  'apps.new': '新建应用',
  'apps.newText': '它将拥有自己的地址、数据库和运行时。',
  'apps.noneFound': '没有匹配“{q}”的应用',
  'apps.noneFoundText': '搜索范围包括名称、应用 ID 和地址。',
  'apps.search': '搜索应用',
  'apps.sort': '排序',
  'apps.sortCreated': '最新创建',
  'apps.sortName': '名称',
  'apps.sortRecent': '最近发布',
  'apps.title': '应用',
}
