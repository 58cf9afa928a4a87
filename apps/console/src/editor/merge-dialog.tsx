import { useMemo, useRef, useState } from 'react'
import { Button } from '../components/ui/button.tsx'
import { Dialog, DialogActions } from '../components/ui/dialog.tsx'
import { Segments } from '../components/ui/segments.tsx'
import { t } from '../i18n/i18n.ts'
import { draftActions, type MergeRequest, useDrafts } from '../stores/drafts.ts'
import { DiffView } from './diff-view.tsx'
import { mergeSources } from './merge.ts'
import { replaceText } from './models.ts'
import type { monaco } from './monaco.ts'
import { resolveMerge } from './publish.ts'

type Mounted = ReturnType<typeof monaco.editor.createDiffEditor>

/** Somebody was faster: theirs on the left, the text to keep on the right, where it can be edited. */
export function MergeDialog() {
  const merge = useDrafts((s) => s.merge)
  if (!merge) return null
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && draftActions.decideLater()}
      title={
        merge.kind === 'publish'
          ? t('merge.title', { name: merge.name })
          : t('merge.titleDraft', { name: merge.name })
      }
      description={describe(merge)}
      size="full"
    >
      <MergeBody key={merge.name} merge={merge} />
    </Dialog>
  )
}

function describe({ kind, details }: MergeRequest): string {
  const who = details.author ?? t('merge.somebody')
  return kind === 'publish'
    ? t('merge.text', { who, revision: String(details.liveRevision), base: String(details.baseRevision) })
    : t('merge.textDraft', { who })
}

function MergeBody({ merge }: { merge: MergeRequest }) {
  const { yours, theirs, base } = merge.details
  const merged = useMemo(() => mergeSources(base, yours, theirs), [base, yours, theirs])
  const [start, setStart] = useState<'merged' | 'yours' | 'theirs'>(
    merged.conflicts === 0 ? 'merged' : 'yours',
  )
  const view = useRef<Mounted | null>(null)
  const texts = { merged: merged.text, yours, theirs }
  const choose = (next: typeof start) => {
    setStart(next)
    view.current?.getModifiedEditor().setValue(texts[next])
  }
  return (
    <>
      <div className="flex flex-wrap items-center gap-3 px-5 py-3">
        <Segments
          label={t('merge.startFrom')}
          value={start}
          onChange={(next) => choose(next as typeof start)}
          items={[
            ...(base !== null ? [{ value: 'merged', label: t('merge.both') }] : []),
            { value: 'yours', label: t('merge.yours') },
            { value: 'theirs', label: t('merge.theirs') },
          ]}
        />
        <span
          role="status"
          className={merged.conflicts > 0 ? 'text-small text-warn' : 'text-small text-muted'}
        >
          {merged.conflicts > 0 ? t('merge.conflicts', { n: merged.conflicts }) : t('merge.clean')}
        </span>
      </div>
      <div className="grid grid-cols-2 border-y border-line text-small text-muted">
        <span className="px-5 py-1">
          {merge.kind === 'publish'
            ? t('merge.left', { revision: String(merge.details.liveRevision) })
            : t('merge.theirs')}
        </span>
        <span className="border-l border-line px-5 py-1">{t('merge.right')}</span>
      </div>
      <div className="min-h-0 grow">
        <DiffView
          id="merge"
          original={theirs}
          modified={texts[start]}
          originalLabel={t('merge.theirs')}
          modifiedLabel={t('merge.right')}
          onMount={(mounted) => {
            view.current = mounted
          }}
        />
      </div>
      <div className="pt-4">
        <DialogActions>
          <span className="mr-auto text-small text-subtle">{t('merge.nothingLost')}</span>
          <Button look="quiet" onClick={draftActions.decideLater}>
            {t('merge.later')}
          </Button>
          <Button
            look="solid"
            onClick={() =>
              resolveMerge(
                merge.name,
                view.current?.getModifiedEditor().getValue() ?? texts[start],
                replaceText,
              )
            }
          >
            {t('merge.keep')}
          </Button>
        </DialogActions>
      </div>
    </>
  )
}
