import { useState } from 'react'
import { Button } from '../components/ui/button.tsx'
import { Dialog, DialogActions } from '../components/ui/dialog.tsx'
import { t } from '../i18n/i18n.ts'
import { cx } from '../lib/cx.ts'
import { useReview } from '../stores/review.ts'
import { DiffView } from './diff-view.tsx'

/** A change of several functions, looked at before it is written: which ones, and what in each. */
export function ReviewDialog() {
  const review = useReview((s) => s.review)
  if (!review) return null
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && review.answer(null)}
      title={review.title}
      description={t('review.text')}
      size="full"
    >
      <ReviewBody key={review.title} {...review} />
    </Dialog>
  )
}

function ReviewBody({ items, answer }: NonNullable<ReturnType<typeof useReview.getState>['review']>) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [shown, setShown] = useState(items[0]?.name)
  const item = items.find(({ name }) => name === shown)
  const agreed = items.filter(({ name }) => !left.has(name))
  const toggle = (name: string) => {
    const next = new Set(left)
    if (!next.delete(name)) next.add(name)
    setLeft(next)
  }
  return (
    <>
      <div className="mt-3 flex min-h-0 grow border-y border-line">
        <ul
          aria-label={t('review.functions')}
          className="w-64 shrink-0 overflow-y-auto border-r border-line p-2"
        >
          {items.map(({ name }) => (
            <li key={name} className="flex items-center gap-1 px-1">
              <input
                type="checkbox"
                aria-label={t('review.include', { name })}
                checked={!left.has(name)}
                onChange={() => toggle(name)}
                className="size-4 shrink-0 accent-solid"
              />
              <button
                type="button"
                aria-pressed={name === shown}
                onClick={() => setShown(name)}
                className={cx(
                  'h-7 min-w-0 grow truncate rounded-kbd px-2 text-left font-mono text-small hover:bg-raised',
                  name === shown ? 'bg-raised text-fg' : 'text-muted',
                )}
              >
                {name}
              </button>
            </li>
          ))}
        </ul>
        <div className="min-w-0 grow">
          {item && (
            <DiffView
              key={item.name}
              id={`review-${item.name.replaceAll('/', '-')}`}
              original={item.before}
              modified={item.after}
              originalLabel={t('review.before')}
              modifiedLabel={t('review.after')}
              readOnly
            />
          )}
        </div>
      </div>
      <div className="pt-4">
        <DialogActions>
          <Button look="quiet" onClick={() => answer(null)}>
            {t('action.cancel')}
          </Button>
          <Button
            look="solid"
            disabled={agreed.length === 0}
            onClick={() => answer(new Set(agreed.map(({ name }) => name)))}
          >
            {t('review.apply', { n: agreed.length })}
          </Button>
        </DialogActions>
      </div>
    </>
  )
}
