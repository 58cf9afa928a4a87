import { useMutation } from '@tanstack/react-query'
import { queryClient, trpc } from './trpc.ts'

export function commentsQuery(appid: string, name: string, revision: number) {
  return trpc.comments.list.queryOptions({ appid, name, revision })
}

const options = { onSuccess: () => queryClient.invalidateQueries(trpc.comments.list.queryFilter()) }

export function useAddComment() {
  return useMutation(trpc.comments.add.mutationOptions(options))
}

export function useEditComment() {
  return useMutation(trpc.comments.edit.mutationOptions(options))
}

export function useDeleteComment() {
  return useMutation(trpc.comments.delete.mutationOptions(options))
}
