import type { Present } from '@lathe/shared'
import { Tip } from '../../components/ui/tip.tsx'
import { usePresence } from '../../data/presence.ts'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'

const SHOWN = 3

/** Who else has this function open, and who types in it. */
export function Presence({ name }: { name: string }) {
  const here = usePresence((s) => s.people).filter((one) => one.functionName === name)
  return (
    <span role="status" aria-label={t('presence.label')} className="flex shrink-0 items-center">
      {here.slice(0, SHOWN).map((one) => (
        <Tip key={one.window + one.who} label={sentence(one)} side="bottom">
          <span
            className={cx(
              '-ml-1 flex size-5 items-center justify-center rounded-full border text-[10px] font-semibold uppercase',
              one.editing ? 'border-accent bg-raised text-accent' : 'border-line bg-raised text-muted',
            )}
          >
            <span aria-hidden>{one.who.slice(0, 1)}</span>
            <span className="sr-only">{sentence(one)}</span>
          </span>
        </Tip>
      ))}
      {here.length > SHOWN && <span className="ml-1 text-label text-muted">+{here.length - SHOWN}</span>}
    </span>
  )
}

function sentence({ who, you, editing }: Present): string {
  if (you) return editing ? t('presence.youEdit') : t('presence.youLook')
  return editing ? t('presence.edits', { who }) : t('presence.looks', { who })
}
