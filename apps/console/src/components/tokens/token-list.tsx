import type { TokenView } from '@lathe/shared'
import { t } from '../../i18n/i18n.ts'
import { formatAgo, formatDateTime } from '../../lib/format.ts'
import { Button } from '../ui/button.tsx'
import { LongList } from '../ui/long-list.tsx'

/** Tokens without their secrets, with what they may do and when they were used last. */
export function TokenList({
  tokens,
  onRevoke,
}: {
  tokens: TokenView[] | undefined
  onRevoke: (id: string) => void
}) {
  if (!tokens) return null
  if (tokens.length === 0) return <p className="text-small text-subtle">{t('tokens.none')}</p>
  return (
    <LongList
      label={t('tokens.title')}
      items={tokens}
      keyOf={({ id }) => id}
      height={56}
      row={(token) => (
        <div className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
          <span className="min-w-0 grow basis-40">
            <span className="block truncate">{token.name}</span>
            <span className="block truncate text-small text-muted">
              {[
                t(`tokens.scope.${token.scope}`),
                token.apps ? token.apps.join(', ') : t('tokens.allApps'),
                token.expiresAt
                  ? t('tokens.until', { at: formatDateTime(token.expiresAt) })
                  : t('tokens.never'),
              ].join(' · ')}
            </span>
          </span>
          <code className="font-mono text-small text-muted">{token.start}…</code>
          <span className="text-small text-muted" title={formatDateTime(token.createdAt)}>
            {token.lastUsedAt ? t('tokens.used', { ago: formatAgo(token.lastUsedAt) }) : t('tokens.unused')}
          </span>
          <Button look="danger" size="s" onClick={() => onRevoke(token.id)}>
            {t('tokens.revoke')}
          </Button>
        </div>
      )}
    />
  )
}
