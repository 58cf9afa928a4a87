import type { shell as en } from '../en/shell.ts'
import type { Messages } from '../i18n.ts'

export const shell: Messages<typeof en> = {
  'nav.dependencies': '依赖',
  'nav.env': '环境变量',
  'nav.functions': '函数',
  'nav.label': '应用',
  'nav.logs': '日志',
  'nav.metrics': '指标',
  'nav.settings': '设置',
  'nav.triggers': '触发器',

  'status.cursor': '行 {line}，列 {column}',
  'status.isolation': '隔离：{walls}',
  'status.label': '状态栏',
  'status.live': '线上 r{revision}',
  'status.notLive': '未上线',
  'status.problems': '{errors|# 个错误}，{warnings|# 个警告}',
  'status.tsReady': 'TypeScript 就绪',
  'status.tsStarting': 'TypeScript 启动中…',

  'command.compare': '比较草稿与线上版本',
  'command.console': '显示控制台',
  'command.copyUrl': '复制函数地址',
  'command.debug': '显示调试器',
  'command.drawer': '显示或隐藏底部面板',
  'command.help': '键盘快捷键',
  'command.organizeImports': '整理导入',
  'command.palette': '命令面板',
  'command.problems': '显示问题',
  'command.quickOpen': '打开函数',
  'command.runPanel': '显示或隐藏运行面板',
  'command.save': '保存草稿并格式化',
  'command.sidebar': '显示或隐藏函数列表',
  'command.themeContrast': '高对比度主题',
  'command.themeDark': '深色主题',
  'command.themeLight': '浅色主题',
  'command.themeSystem': '跟随系统主题',

  'palette.commands': '命令',
  'palette.functionsPlaceholder': '按名称打开函数',
  'palette.none': '没有匹配项。',
  'palette.placeholder': '搜索或执行命令',

  'panes.editor': '代码',
  'panes.label': '窗格',
  'panes.resizeDrawer': '调整底部面板大小',
  'panes.resizeRun': '调整运行面板大小',
  'panes.resizeTree': '调整函数列表大小',
  'panes.run': '运行',

  'drawer.close': '关闭面板',
  'drawer.console': '控制台',
  'drawer.label': '输出',
  'drawer.problems': '问题',

  'command.history': '函数的历史',
}
