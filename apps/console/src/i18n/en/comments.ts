export const comments = {
  'comments.add': 'Comment',
  'comments.cancel': 'Cancel',
  'comments.delete': 'Delete comment of {at}',
  'comments.edit': 'Edit comment of {at}',
  'comments.edited': 'edited',
  'comments.empty': 'Nobody has said anything about this revision.',
  'comments.label': 'Comments on revision {revision}',
  'comments.placeholder': 'What should others know about this revision?',
  'comments.save': 'Save comment',
  'comments.text': 'Your comment',
} as const
