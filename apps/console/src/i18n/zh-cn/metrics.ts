import type { metrics as en } from '../en/metrics.ts'
import type { Messages } from '../i18n.ts'

export const metrics: Messages<typeof en> = {
  'metrics.byFunction': '按函数',
  'metrics.clientErrors': '4xx',
  'metrics.coldStarts': '冷启动',
  'metrics.cpu': '处理器',
  'metrics.emptyText': '请求、错误和延迟会在发生几秒后显示在这里。调用一个函数：',
  'metrics.emptyTitle': '还没有可度量的内容',
  'metrics.errorRate': '错误率',
  'metrics.errors': '错误',
  'metrics.failed': '无法读取指标',
  'metrics.hourErrors': '{n|# 个错误}',
  'metrics.hourRequests': '{n|# 个请求}/时',
  'metrics.latency': '延迟',
  'metrics.memory': '内存',
  'metrics.quiet': '最近一小时没有请求',
  'metrics.requests': '请求',
  'metrics.showRequests': '查看这些请求',
  'metrics.table': '表格',
  'metrics.traffic': '请求与错误',
}
