import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { controlLook } from '../../components/ui/field.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'

/** A comment that is being written. It is empty again when it was taken. */
export function CommentForm({
  text = '',
  submit,
  busy,
  onSubmit,
  onCancel,
}: {
  text?: string
  submit: string
  busy: boolean
  onSubmit: (text: string) => Promise<unknown>
  onCancel?: () => void
}) {
  const [typed, setTyped] = useState(text)
  return (
    <form
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (!typed.trim()) return
        void onSubmit(typed.trim()).then(
          () => setTyped(''),
          () => {}, // shown where it is asked from
        )
      }}
    >
      <textarea
        aria-label={t('comments.text')}
        placeholder={t('comments.placeholder')}
        rows={2}
        maxLength={4000}
        dir="auto"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className={cx('grow py-1', controlLook)}
      />
      <Button type="submit" size="s" busy={busy} disabled={!typed.trim()}>
        {submit}
      </Button>
      {onCancel && (
        <Button look="quiet" size="s" onClick={onCancel}>
          {t('comments.cancel')}
        </Button>
      )}
    </form>
  )
}
