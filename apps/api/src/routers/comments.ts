import { commentInputs } from '@lathe/shared'
import { addComment, deleteComment, editComment, listComments } from '../services/comments/comments.ts'
import { procedure, router } from '../trpc/trpc.ts'

export const commentsRouter = router({
  list: procedure.input(commentInputs.list).query(({ ctx, input }) => listComments(ctx, input)),
  add: procedure.input(commentInputs.add).mutation(({ ctx, input }) => addComment(ctx, input)),
  edit: procedure.input(commentInputs.edit).mutation(({ ctx, input }) => editComment(ctx, input)),
  delete: procedure.input(commentInputs.delete).mutation(({ ctx, input }) => deleteComment(ctx, input)),
})
