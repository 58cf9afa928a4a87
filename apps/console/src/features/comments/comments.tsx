import type { CommentView } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { appQuery } from '../../data/apps.ts'
import { commentsQuery, useAddComment, useDeleteComment, useEditComment } from '../../data/comments.ts'
import { teamsQuery } from '../../data/teams.ts'
import { t } from '../../i18n/i18n.ts'
import { formatDateTime } from '../../lib/format.ts'
import { may } from '../team/may.ts'
import { CommentForm } from './comment-form.tsx'

/** What was said about a revision, and a place to say more. */
export function Comments({ appid, name, revision }: { appid: string; name: string; revision: number }) {
  const comments = useQuery(commentsQuery(appid, name, revision))
  const app = useQuery(appQuery(appid))
  const teams = useQuery(teamsQuery())
  const add = useAddComment()
  const role = teams.data?.find(({ id }) => id === app.data?.teamId)?.role
  return (
    <section
      aria-label={t('comments.label', { revision: String(revision) })}
      className="flex max-h-56 shrink-0 flex-col overflow-y-auto border-t border-line px-3 py-2"
    >
      <ul aria-live="polite">
        {comments.data?.map((comment) => (
          <Comment key={comment.id} appid={appid} comment={comment} />
        ))}
      </ul>
      {comments.data?.length === 0 && <p className="text-small text-subtle">{t('comments.empty')}</p>}
      <ErrorLine error={comments.error ?? add.error} />
      {may(role, 'comments.add') && (
        <CommentForm
          submit={t('comments.add')}
          busy={add.isPending}
          onSubmit={(text) => add.mutateAsync({ appid, name, revision, text })}
        />
      )}
    </section>
  )
}

function Comment({ appid, comment }: { appid: string; comment: CommentView }) {
  const { id, who, own, text, createdAt, editedAt } = comment
  const [editing, setEditing] = useState(false)
  const edit = useEditComment()
  const remove = useDeleteComment()
  const at = formatDateTime(createdAt)
  return (
    <li className="border-b border-line py-1.5 last:border-0">
      <div className="flex items-center gap-2 text-small text-muted">
        <bdi className="font-medium text-fg">{who}</bdi>
        <span className="grow">
          {at}
          {editedAt && ` · ${t('comments.edited')}`}
        </span>
        {own && !editing && (
          <>
            <IconButton small label={t('comments.edit', { at })} onClick={() => setEditing(true)}>
              <Pencil size={12} aria-hidden />
            </IconButton>
            <IconButton
              small
              label={t('comments.delete', { at })}
              disabled={remove.isPending}
              onClick={() => remove.mutate({ appid, id })}
            >
              <Trash2 size={12} aria-hidden />
            </IconButton>
          </>
        )}
      </div>
      {editing ? (
        <CommentForm
          text={text}
          submit={t('comments.save')}
          busy={edit.isPending}
          onCancel={() => setEditing(false)}
          onSubmit={(next) =>
            edit.mutateAsync({ appid, id, text: next }, { onSuccess: () => setEditing(false) })
          }
        />
      ) : (
        <p dir="auto" className="whitespace-pre-wrap break-words">
          {text}
        </p>
      )}
      {(edit.error ?? remove.error) && <ErrorLine error={edit.error ?? remove.error} />}
    </li>
  )
}
