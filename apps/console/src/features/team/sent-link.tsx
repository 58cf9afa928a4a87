import type { InvitationSent } from '@lathe/shared'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { t } from '../../i18n/i18n.ts'

/** What became of an invitation: it was mailed, or here is its link, this once. */
export function SentLink({ sent: { invitation, link } }: { sent: InvitationSent }) {
  return (
    <div role="status" className="my-1 rounded-control border border-line bg-ok-tint p-3 text-small">
      {link === null ? (
        t('team.mailed', { email: invitation.email })
      ) : (
        <>
          <p>{t('team.linkOnce', { email: invitation.email })}</p>
          <div className="mt-1 flex items-center gap-1">
            <code className="truncate font-mono">{link}</code>
            <CopyButton text={link} label={t('team.copyLink')} />
          </div>
        </>
      )}
    </div>
  )
}
