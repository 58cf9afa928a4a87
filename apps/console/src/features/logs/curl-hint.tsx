import type { AppView } from '@lathe/shared'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { t } from '../../i18n/i18n.ts'

/** A call that makes a first line, ready to be copied. */
export function CurlHint({ app, name }: { app: AppView | undefined; name: string }) {
  if (!app) return null
  const command = `curl ${app.url}/${name}`
  return (
    <div className="flex max-w-full items-center gap-1 rounded-control border border-line bg-bg py-1 pr-1 pl-3">
      <code className="truncate font-mono text-small">{command}</code>
      <CopyButton text={command} label={t('logs.copyCurl')} />
    </div>
  )
}
