import type { PackageRequest } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { Cpu, Terminal, TriangleAlert } from 'lucide-react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { receiptQuery } from '../../data/dependencies.ts'
import { t } from '../../i18n/i18n.ts'
import { formatBytes } from '../../lib/format.ts'
import { AdvisoryList } from './advisories.tsx'
import { Mark } from './dependency-table.tsx'

/** What would come with these packages, before anything is installed. */
export function ReceiptView({ appid, packages }: { appid: string; packages: PackageRequest[] }) {
  const receipt = useQuery(receiptQuery(appid, packages))
  if (packages.length === 0) return <div className="h-32" />
  if (receipt.error) return <ErrorLine error={receipt.error} />
  if (!receipt.data) return <Skeleton className="h-32" />
  const { added, changed, unpackedBytes, unknownSizes, licenses, advisories, advisoriesUnknown, replaces } =
    receipt.data
  return (
    <section aria-label={t('deps.receipt')} className="flex min-h-32 flex-col gap-2 text-small">
      <p className="text-ui tabular-nums">
        {unknownSizes === added.length && added.length > 0
          ? t('deps.receiptCount', { count: added.length })
          : t('deps.receiptSum', { count: added.length, bytes: formatBytes(unpackedBytes) })}
        {unknownSizes > 0 && (
          <span className="text-muted"> {t('deps.receiptUnknown', { count: unknownSizes })}</span>
        )}
      </p>
      {changed.length > 0 && (
        <p className="text-muted tabular-nums">
          {changed.map(({ name, from, to }) => `${name} ${from} → ${to}`).join(', ')}
        </p>
      )}
      <p className="flex flex-wrap gap-1">
        {licenses.map(({ license, count }) => (
          <Mark key={license}>{count > 1 ? `${license} × ${count}` : license}</Mark>
        ))}
      </p>
      <ul
        className="max-h-40 overflow-y-auto rounded-control border border-line"
        aria-label={t('deps.receiptList')}
      >
        {added.map(({ name, version, unpackedBytes: size, deprecated, scripts, native }) => (
          <li
            key={`${name}@${version}`}
            className="flex min-h-7 items-center gap-2 border-t border-line px-2 first:border-0"
          >
            <code className="truncate font-mono">{`${name}@${version}`}</code>
            {deprecated && (
              <Mark tone="warn" title={deprecated} icon={<TriangleAlert size={11} aria-hidden />}>
                {t('deps.deprecated')}
              </Mark>
            )}
            {scripts && <Mark icon={<Terminal size={11} aria-hidden />}>{t('deps.scriptsBlocked')}</Mark>}
            {native && <Mark icon={<Cpu size={11} aria-hidden />}>{t('deps.native')}</Mark>}
            <span className="grow text-right text-muted tabular-nums">
              {size === null ? '' : formatBytes(size)}
            </span>
          </li>
        ))}
      </ul>
      {advisories.length > 0 ? (
        <AdvisoryList advisories={advisories} />
      ) : (
        <p className="text-muted">{advisoriesUnknown ?? t('deps.noAdvisories')}</p>
      )}
      <p className="text-muted">{replaces ? t('deps.willReplace') : t('deps.willHot')}</p>
    </section>
  )
}
