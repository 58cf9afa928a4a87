import { gapsOf, type Wall } from '@lathe/shared/isolation'
import { ShieldCheck } from 'lucide-react'
import { t } from '../../i18n/i18n.ts'

/** The walls around an app's runtime, and what they leave open. */
export function Isolation({ walls }: { walls: readonly string[] }) {
  if (walls.length === 0) return <p className="text-muted">{t('isolation.none')}</p>
  return (
    <>
      <ul aria-label={t('isolation.title')} className="flex flex-col gap-1">
        {walls.filter(isWall).map((wall) => (
          <li key={wall} className="flex gap-2">
            <ShieldCheck size={14} aria-hidden className="mt-0.5 shrink-0 text-ok" />
            <span className="first-letter:uppercase">{t(`wall.${wall}`)}</span>
          </li>
        ))}
      </ul>
      <h3 className="mt-5 mb-2 text-small font-semibold">{t('isolation.gaps')}</h3>
      <dl className="flex flex-col gap-2 text-small">
        {gapsOf(walls).map((id) => (
          <div key={id} className="border-l border-line pl-3">
            <dt className="first-letter:uppercase">{t(`gap.${id}`)}</dt>
            <dd className="text-muted first-letter:uppercase">{t(`gap.${id}.action`)}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

const WALLS: Record<Wall, true> = { permission: true, bwrap: true, docker: true, cgroup: true }

function isWall(name: string): name is Wall {
  return name in WALLS
}
