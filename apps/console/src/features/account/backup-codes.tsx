import { CopyButton } from '../../components/ui/copy-button.tsx'
import { t } from '../../i18n/i18n.ts'

/** Codes for when the authenticator app is lost, shown this once. */
export function BackupCodes({ codes }: { codes: string[] }) {
  return (
    <div className="my-3 rounded-control border border-line bg-raised p-3">
      <div className="flex items-start gap-2">
        <p className="grow text-small">{t('security.codesText')}</p>
        <CopyButton text={codes.join('\n')} label={t('security.copyCodes')} />
      </div>
      <ul aria-label={t('security.codes')} className="mt-2 grid grid-cols-2 gap-x-6 gap-y-1">
        {codes.map((code) => (
          <li key={code} className="font-mono text-small">
            {code}
          </li>
        ))}
      </ul>
    </div>
  )
}
