import type { SessionView } from '@lathe/shared'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { refreshSecurity, sessionsQuery } from '../../data/security.ts'
import { trpc } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { browserIn } from '../../lib/browser-in.ts'
import { formatAgo, formatDateTime } from '../../lib/format.ts'
import { Section } from '../settings/section.tsx'

/** Browsers that are signed in. */
export function SessionsSection() {
  const sessions = useQuery(sessionsQuery())
  const onSuccess = () => refreshSecurity()
  const revoke = useMutation(trpc.sessions.revoke.mutationOptions({ onSuccess }))
  const revokeOthers = useMutation(trpc.sessions.revokeOthers.mutationOptions({ onSuccess }))
  const others = sessions.data?.some(({ current }) => !current)
  return (
    <Section title={t('security.sessions')} text={t('security.sessionsText')}>
      <ul
        aria-label={t('security.sessions')}
        className="overflow-hidden rounded-popover border border-line bg-surface"
      >
        {sessions.data?.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            busy={revoke.isPending && revoke.variables.id === session.id}
            onRevoke={() => revoke.mutate({ id: session.id })}
          />
        ))}
      </ul>
      <ErrorLine error={sessions.error ?? revoke.error ?? revokeOthers.error} />
      {others && (
        <Button look="danger" busy={revokeOthers.isPending} onClick={() => revokeOthers.mutate()}>
          {t('security.revokeOthers')}
        </Button>
      )}
    </Section>
  )
}

function SessionRow({
  session: { current, userAgent, address, createdAt, lastSeenAt },
  busy,
  onRevoke,
}: {
  session: SessionView
  busy: boolean
  onRevoke: () => void
}) {
  const { browser, system } = browserIn(userAgent)
  const device =
    browser && system
      ? t('security.device', { browser, system })
      : browser || system || t('security.unknownDevice')
  return (
    <li className="flex min-h-12 items-center gap-3 border-t border-line px-3 py-2 first:border-0">
      <span className="min-w-0 grow">
        <span className="block truncate" title={userAgent}>
          {device}
        </span>
        <span
          className="block truncate text-small text-muted"
          title={t('security.signedInAt', { at: formatDateTime(createdAt) })}
        >
          {[address, current ? t('security.thisOne') : t('security.seen', { ago: formatAgo(lastSeenAt) })]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      {!current && (
        <Button look="danger" size="s" busy={busy} onClick={onRevoke}>
          {t('security.revoke')}
        </Button>
      )}
    </li>
  )
}
