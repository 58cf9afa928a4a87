import { CircleAlert } from 'lucide-react'
import { errorText, requestIdOf } from '../data/errors.ts'
import { t } from '../i18n/i18n.ts'
import { Button } from './ui/button.tsx'
import { CopyButton } from './ui/copy-button.tsx'

/** What happened, to what, and what to do, with the request id to copy. */
export function ErrorView({ what, error, onRetry }: { what: string; error: unknown; onRetry?: () => void }) {
  const requestId = requestIdOf(error)
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center gap-3 px-6 py-12 text-center">
      <CircleAlert size={20} aria-hidden className="text-error" />
      <h1 className="text-title font-semibold">{what}</h1>
      <p className="text-ui text-muted">{errorText(error)}</p>
      {requestId && <RequestId id={requestId} />}
      {onRetry && <Button onClick={onRetry}>{t('action.retry')}</Button>}
    </div>
  )
}

export function RequestId({ id }: { id: string }) {
  return (
    <span className="inline-flex items-center gap-1 text-small text-subtle">
      {t('error.requestId')} <code className="font-mono text-muted">{id}</code>
      <CopyButton text={id} label={t('error.copyRequestId')} />
    </span>
  )
}

/** The same in one line, for dialogs and forms. */
export function ErrorLine({ error }: { error: unknown }) {
  const requestId = requestIdOf(error)
  return (
    <p role="alert" className="flex min-h-5 items-center gap-1 text-small text-error">
      {error ? errorText(error) : null}
      {error && requestId ? <CopyButton text={requestId} label={t('error.copyRequestId')} /> : null}
    </p>
  )
}
