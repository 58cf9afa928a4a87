import type { DependenciesView, DependencyCheck, DependencyView } from '@lathe/shared'
import { Link } from '@tanstack/react-router'
import { ArrowUp, Cpu, Terminal, Trash2, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { t } from '../../i18n/i18n.ts'
import { formatBytes, formatMs } from '../../lib/format.ts'

interface Handlers {
  onUpdate: (name: string, to: 'wanted' | 'latest') => void
  onRemove: (dependency: DependencyView) => void
}

/** The packages that the app asked for, with what each costs and who uses it. */
export function DependencyTable({
  view,
  check,
  updating,
  ...handlers
}: Handlers & { view: DependenciesView; check: DependencyCheck | undefined; updating: string | null }) {
  const head = 'h-8 px-3 text-left text-label font-medium text-muted'
  return (
    <div className="overflow-hidden rounded-popover border border-line bg-surface">
      <table className="w-full table-fixed border-collapse">
        <caption className="sr-only">{t('deps.title')}</caption>
        <thead className="border-b border-line bg-raised">
          <tr>
            <th scope="col" className={`${head} w-[30%]`}>
              {t('deps.package')}
            </th>
            <th scope="col" className={`${head} w-[22%]`}>
              {t('deps.version')}
            </th>
            <th scope="col" className={`${head} w-[16%] max-wide:hidden`}>
              {t('deps.cost')}
            </th>
            <th scope="col" className={head}>
              {t('deps.usedBy')}
            </th>
            <th scope="col" className={`${head} w-[48px]`}>
              <span className="sr-only">{t('deps.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {view.dependencies.map((one) => (
            <Row
              key={one.name}
              appid={view.appid}
              one={one}
              check={check?.packages.find(({ name }) => name === one.name)}
              advisories={check?.advisories.filter(({ name }) => name === one.name).length ?? 0}
              updating={updating === one.name}
              {...handlers}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({
  appid,
  one,
  check,
  advisories,
  updating,
  onUpdate,
  onRemove,
}: Handlers & {
  appid: string
  one: DependencyView
  check: DependencyCheck['packages'][number] | undefined
  advisories: number
  updating: boolean
}) {
  const { name, version, range } = one
  const newer = check?.wanted && check.wanted !== version ? check.wanted : null
  const latest = check?.latest && check.latest !== version && check.latest !== newer ? check.latest : null
  return (
    <tr className="border-t border-line align-top first:border-0 hover:bg-raised/60">
      <th scope="row" className="px-3 py-2 text-left font-normal">
        <code className="block truncate font-mono text-small" title={name}>
          {name}
        </code>
        <span className="mt-0.5 flex flex-wrap gap-1">
          {one.license && <Mark>{one.license}</Mark>}
          {one.types === 'own' && <Mark>{t('deps.typed')}</Mark>}
          {one.native && <Mark icon={<Cpu size={11} aria-hidden />}>{t('deps.native')}</Mark>}
          {one.scripts !== 'none' && (
            <Mark icon={<Terminal size={11} aria-hidden />}>
              {one.scripts === 'allowed' ? t('deps.scriptsAllowed') : t('deps.scriptsBlocked')}
            </Mark>
          )}
          {advisories > 0 && (
            <Mark tone="error" icon={<TriangleAlert size={11} aria-hidden />}>
              {t('deps.advisoryCount', { count: advisories })}
            </Mark>
          )}
          {check?.deprecated && (
            <Mark tone="warn" icon={<TriangleAlert size={11} aria-hidden />} title={check.deprecated}>
              {t('deps.deprecated')}
            </Mark>
          )}
        </span>
      </th>
      <td className="px-3 py-2">
        <span className="flex flex-wrap items-center gap-x-2 font-mono text-small tabular-nums">
          {version} <span className="text-subtle">{range}</span>
        </span>
        <span className="mt-0.5 flex flex-wrap gap-1">
          {newer && (
            <Update version={newer} name={name} busy={updating} onClick={() => onUpdate(name, 'wanted')} />
          )}
          {latest && (
            <Update version={latest} name={name} busy={updating} onClick={() => onUpdate(name, 'latest')} />
          )}
        </span>
      </td>
      <td className="px-3 py-2 text-small text-muted tabular-nums max-wide:hidden">
        {formatBytes(one.sizeBytes)}
        {one.importMs !== null && (
          <span className="block text-subtle">
            {t('deps.import', { ms: formatMs(one.importMs), bytes: formatBytes(one.importBytes ?? 0) })}
          </span>
        )}
      </td>
      <td className="px-3 py-2">
        <span className="flex flex-wrap gap-x-2 gap-y-0.5 text-small">
          {one.usedBy.length === 0 && <span className="text-subtle">{t('deps.unused')}</span>}
          {one.usedBy.map((fn) => (
            <Link
              key={fn}
              to="/apps/$appid/functions/$"
              params={{ appid, _splat: fn }}
              className="truncate text-accent underline-offset-4 hover:underline"
            >
              {fn}
            </Link>
          ))}
        </span>
      </td>
      <td className="px-2 py-1.5">
        <IconButton label={t('deps.remove', { name })} onClick={() => onRemove(one)}>
          <Trash2 size={14} aria-hidden />
        </IconButton>
      </td>
    </tr>
  )
}

function Update({
  name,
  version,
  busy,
  onClick,
}: {
  name: string
  version: string
  busy: boolean
  onClick: () => void
}) {
  return (
    <Button
      size="xs"
      busy={busy}
      icon={<ArrowUp size={12} aria-hidden />}
      aria-label={t('deps.update', { name, version })}
      onClick={onClick}
    >
      {version}
    </Button>
  )
}

const tones = {
  plain: 'border-line text-muted',
  warn: 'border-line text-warn',
  error: 'border-line text-error',
}

export function Mark({
  tone = 'plain',
  icon,
  title,
  children,
}: {
  tone?: keyof typeof tones
  icon?: ReactNode
  title?: string
  children: ReactNode
}) {
  return (
    <span
      title={title}
      className={`inline-flex h-5 items-center gap-1 rounded-full border px-2 text-label ${tones[tone]}`}
    >
      {icon}
      {children}
    </span>
  )
}
