import type { Advisory, DependencyCheck } from '@lathe/shared'
import { ShieldCheck, ShieldQuestion, TriangleAlert } from 'lucide-react'
import { t } from '../../i18n/i18n.ts'

/** Known vulnerabilities of what is installed, what is below it included; or why they are not known. */
export function Advisories({ check }: { check: DependencyCheck | undefined }) {
  if (!check) return <p className="min-h-5" />
  if (check.advisoriesUnknown !== null) {
    return (
      <p className="flex items-center gap-1.5 text-small text-muted">
        <ShieldQuestion size={14} aria-hidden className="shrink-0" />
        {check.advisoriesUnknown}
      </p>
    )
  }
  if (check.advisories.length === 0) {
    return (
      <p className="flex items-center gap-1.5 text-small text-muted">
        <ShieldCheck size={14} aria-hidden className="shrink-0 text-ok" />
        {t('deps.noAdvisories')}
      </p>
    )
  }
  return <AdvisoryList advisories={check.advisories} />
}

export function AdvisoryList({ advisories }: { advisories: Advisory[] }) {
  return (
    <ul aria-label={t('deps.advisories')} className="flex flex-col gap-1">
      {advisories.map(({ name, version, severity, title, url }) => (
        <li key={`${name}@${version} ${title}`} className="flex items-baseline gap-1.5 text-small">
          <TriangleAlert size={12} aria-hidden className="shrink-0 self-center text-error" />
          <code className="font-mono">{`${name}@${version}`}</code>
          <span className="text-error">{severity}</span>
          {url ? (
            <a
              href={url}
              target="_blank"
              rel="noreferrer"
              className="text-accent underline underline-offset-4"
            >
              {title}
            </a>
          ) : (
            <span>{title}</span>
          )}
        </li>
      ))}
    </ul>
  )
}
