import type { socket as en } from '../en/socket.ts'
import type { Messages } from '../i18n.ts'

export const socket: Messages<typeof en> = {
  'socket.badBase64': '这不是 base64。',
  'socket.badHex': '每个字节用两位十六进制数字表示。',
  'socket.base64': 'Base64',
  'socket.chooseFile': '选择要发送的文件',
  'socket.closed': '已关闭：{code} {reason}',
  'socket.connect': '连接',
  'socket.disconnect': '断开',
  'socket.file': '文件',
  'socket.hex': '十六进制',
  'socket.hint': '像访问者一样连接线上版本。离开此函数时连接会关闭。',
  'socket.message': '消息',
  'socket.messages': '消息',
  'socket.notLive': '请先发布函数：连接到的是线上版本。',
  'socket.opened': '已连接',
  'socket.path': '路径',
  'socket.received': '收到',
  'socket.refused': '连接中断或被拒绝',
  'socket.send': '发送',
  'socket.sent': '已发送',
  'socket.text': '文本',
  'socket.writing': '消息类型',
}
