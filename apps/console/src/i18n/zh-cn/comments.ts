import type { comments as en } from '../en/comments.ts'
import type { Messages } from '../i18n.ts'

export const comments: Messages<typeof en> = {
  'comments.add': '评论',
  'comments.cancel': '取消',
  'comments.delete': '删除 {at} 的评论',
  'comments.edit': '编辑 {at} 的评论',
  'comments.edited': '已编辑',
  'comments.empty': '还没有人评论此修订。',
  'comments.label': '修订 {revision} 的评论',
  'comments.placeholder': '关于此修订，其他人应该知道什么？',
  'comments.save': '保存评论',
  'comments.text': '您的评论',
}
