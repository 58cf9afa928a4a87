import type { DependenciesView } from '@lathe/shared'
import { CircleDashed, Plus } from 'lucide-react'
import { Button } from '../../components/ui/button.tsx'
import { t } from '../../i18n/i18n.ts'

/** Packages that functions import and the app has not got. */
export function Missing({
  missing,
  onAdd,
}: {
  missing: DependenciesView['missing']
  onAdd: (name: string) => void
}) {
  if (missing.length === 0) return null
  return (
    <ul aria-label={t('deps.missing')} className="rounded-popover border border-line bg-surface">
      {missing.map(({ name, usedBy }) => (
        <li key={name} className="flex min-h-10 items-center gap-2 border-t border-line px-3 first:border-0">
          <CircleDashed size={14} aria-hidden className="shrink-0 text-warn" />
          <code className="truncate font-mono text-small">{name}</code>
          <span className="grow truncate text-small text-muted">
            {t('deps.missingText', { functions: usedBy.join(', ') })}
          </span>
          <Button size="xs" icon={<Plus size={12} aria-hidden />} onClick={() => onAdd(name)}>
            {t('deps.addNamed', { name })}
          </Button>
        </li>
      ))}
    </ul>
  )
}
