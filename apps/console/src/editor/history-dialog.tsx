import type { RevisionSummary } from '@lathe/shared'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ErrorView } from '../components/error-view.tsx'
import { Button } from '../components/ui/button.tsx'
import { Dialog, DialogActions } from '../components/ui/dialog.tsx'
import { Select } from '../components/ui/select.tsx'
import { revisionQuery, revisionsQuery } from '../data/revisions.ts'
import { Comments } from '../features/comments/comments.tsx'
import { EditorSkeleton } from '../features/workspace/editor-skeleton.tsx'
import { t } from '../i18n/i18n.ts'
import { cx } from '../lib/cx.ts'
import { formatDateTime } from '../lib/format.ts'
import { DiffView } from './diff-view.tsx'
import { openFunction, replaceText } from './models.ts'
import { goBack } from './publish.ts'

/** Stands for the draft among the numbers of revisions. */
const DRAFT = 0

/** A function's revisions: who, when, why, and what changed between any two of them or the draft. */
export function HistoryDialog({
  appid,
  name,
  onClose,
}: {
  appid: string
  name: string
  onClose: () => void
}) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('history.title', { name })}
      description={t('history.text')}
      size="full"
    >
      <HistoryBody appid={appid} name={name} onClose={onClose} />
    </Dialog>
  )
}

function HistoryBody({ appid, name, onClose }: { appid: string; name: string; onClose: () => void }) {
  const list = useInfiniteQuery(revisionsQuery(appid, name))
  const revisions = list.data?.pages.flat() ?? []
  const [right, setRight] = useState(DRAFT)
  const [chosenLeft, setLeft] = useState<number | null>(null)
  const numbers = [DRAFT, ...revisions.map(({ revision }) => revision)]
  // Unless chosen otherwise, what stood before.
  const left = chosenLeft ?? numbers[numbers.indexOf(right) + 1] ?? right
  const before = useSource(appid, name, left)
  const after = useSource(appid, name, right)
  const shown = revisions.find(({ revision }) => revision === right)
  const label = (revision: number) =>
    revision === DRAFT ? t('compare.draft') : t('history.revision', { revision: String(revision) })

  if (list.error) {
    return <ErrorView what={t('history.failed')} error={list.error} onRetry={() => void list.refetch()} />
  }
  return (
    <>
      <div className="mt-3 flex min-h-0 grow border-y border-line max-[640px]:flex-col">
        <div className="flex w-72 shrink-0 flex-col overflow-y-auto border-r border-line p-2 max-[640px]:max-h-36 max-[640px]:w-auto max-[640px]:border-r-0 max-[640px]:border-b">
          <ul aria-label={t('history.list')}>
            <Entry
              title={t('compare.draft')}
              note={t('history.draftNote')}
              chosen={right === DRAFT}
              onChoose={() => setRight(DRAFT)}
            />
            {revisions.map((one) => (
              <Entry
                key={one.revision}
                title={label(one.revision)}
                live={one.live}
                by={t('history.by', { who: one.author, at: formatDateTime(one.createdAt) })}
                note={one.note}
                chosen={right === one.revision}
                onChoose={() => setRight(one.revision)}
              />
            ))}
          </ul>
          {revisions.length === 0 && !list.isPending && (
            <p className="px-2 py-1 text-small text-subtle">{t('history.none')}</p>
          )}
          {list.hasNextPage && (
            <Button
              look="quiet"
              size="s"
              busy={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              {t('history.older')}
            </Button>
          )}
        </div>
        <div className="flex min-h-0 min-w-0 grow flex-col">
          <div className="grid grid-cols-2 items-center border-b border-line text-small text-muted">
            <div className="flex items-center gap-2 px-3 py-1">
              {t('history.compareWith')}
              <Select
                aria-label={t('history.compareWith')}
                value={String(left)}
                onChange={(event) => setLeft(Number(event.target.value))}
                className="h-7"
              >
                {numbers.map((revision) => (
                  <option key={revision} value={revision}>
                    {label(revision)}
                  </option>
                ))}
              </Select>
            </div>
            <span className="border-l border-line px-3 py-1">{label(right)}</span>
          </div>
          <div className="min-h-0 grow">
            {before === undefined || after === undefined ? (
              <EditorSkeleton />
            ) : (
              <DiffView
                id="history"
                original={before}
                modified={after}
                originalLabel={label(left)}
                modifiedLabel={label(right)}
                readOnly
              />
            )}
          </div>
          {right !== DRAFT && <Comments key={right} appid={appid} name={name} revision={right} />}
        </div>
      </div>
      <div className="pt-4">
        <DialogActions>
          <Button look="quiet" onClick={onClose}>
            {t('action.close')}
          </Button>
          <Actions shown={shown} source={after} appid={appid} name={name} onClose={onClose} />
        </DialogActions>
      </div>
    </>
  )
}

function Actions({
  shown,
  source,
  appid,
  name,
  onClose,
}: {
  shown: RevisionSummary | undefined
  source: string | undefined
  appid: string
  name: string
  onClose: () => void
}) {
  if (!shown) return null
  const { revision, live } = shown
  return (
    <>
      <Button
        disabled={source === undefined}
        onClick={() => {
          const fn = openFunction(name)
          if (fn && source !== undefined) replaceText(fn, source)
          onClose()
        }}
      >
        {t('history.toDraft')}
      </Button>
      <Button
        look="solid"
        disabled={live}
        onClick={() => {
          void goBack(appid, name, revision)
          onClose()
        }}
      >
        {t('history.rollBack', { revision: String(revision) })}
      </Button>
    </>
  )
}

/** The source of a revision, or the draft as it stands in the editor; undefined while it is on its way. */
function useSource(appid: string, name: string, revision: number): string | undefined {
  const found = useQuery(revisionQuery(appid, name, revision))
  return revision === DRAFT ? openFunction(name)?.model.getValue() : found.data?.source
}

function Entry({
  title,
  by,
  note,
  live = false,
  chosen,
  onChoose,
}: {
  title: string
  by?: string
  note: string
  live?: boolean
  chosen: boolean
  onChoose: () => void
}) {
  return (
    <li>
      <button
        type="button"
        aria-pressed={chosen}
        onClick={onChoose}
        className={cx(
          'flex w-full flex-col gap-0.5 rounded-control px-2 py-1.5 text-left -outline-offset-2 hover:bg-raised',
          chosen && 'bg-raised',
        )}
      >
        <span className="flex items-center gap-2 font-medium">
          {title}
          {live && <span className="text-label text-ok">{t('history.live')}</span>}
        </span>
        {by && <span className="text-small text-muted">{by}</span>}
        {note && <span className="text-small text-subtle">{note}</span>}
      </button>
    </li>
  )
}
