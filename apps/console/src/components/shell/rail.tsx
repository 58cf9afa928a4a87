import { Link } from '@tanstack/react-router'
import {
  CalendarClock,
  ChartSpline,
  FunctionSquare,
  KeyRound,
  Package,
  ScrollText,
  Settings,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../i18n/i18n.ts'
import { Tip } from '../ui/tip.tsx'

const item =
  'flex size-10 items-center justify-center rounded-popover text-muted transition-colors duration-120 hover:bg-raised hover:text-fg data-[status=active]:bg-raised data-[status=active]:text-fg'

/** The app's pages. Only those that exist are shown. */
export function Rail({ appid }: { appid: string }) {
  return (
    <nav
      aria-label={t('nav.label')}
      className="flex w-14 shrink-0 flex-col items-center gap-1 border-r border-line py-2 max-wide:w-12"
    >
      <RailTip label={t('nav.functions')}>
        <Link to="/apps/$appid/functions" params={{ appid }} className={item} aria-label={t('nav.functions')}>
          <FunctionSquare size={18} aria-hidden />
        </Link>
      </RailTip>
      <RailTip label={t('nav.dependencies')}>
        <Link
          to="/apps/$appid/dependencies"
          params={{ appid }}
          className={item}
          aria-label={t('nav.dependencies')}
        >
          <Package size={18} aria-hidden />
        </Link>
      </RailTip>
      <RailTip label={t('nav.logs')}>
        <Link to="/apps/$appid/logs" params={{ appid }} className={item} aria-label={t('nav.logs')}>
          <ScrollText size={18} aria-hidden />
        </Link>
      </RailTip>
      <RailTip label={t('nav.metrics')}>
        <Link to="/apps/$appid/metrics" params={{ appid }} className={item} aria-label={t('nav.metrics')}>
          <ChartSpline size={18} aria-hidden />
        </Link>
      </RailTip>
      <RailTip label={t('nav.triggers')}>
        <Link to="/apps/$appid/triggers" params={{ appid }} className={item} aria-label={t('nav.triggers')}>
          <CalendarClock size={18} aria-hidden />
        </Link>
      </RailTip>
      <RailTip label={t('nav.env')}>
        <Link to="/apps/$appid/env" params={{ appid }} className={item} aria-label={t('nav.env')}>
          <KeyRound size={18} aria-hidden />
        </Link>
      </RailTip>
      <div className="grow" />
      <RailTip label={t('nav.settings')}>
        <Link to="/apps/$appid/settings" params={{ appid }} className={item} aria-label={t('nav.settings')}>
          <Settings size={18} aria-hidden />
        </Link>
      </RailTip>
    </nav>
  )
}

function RailTip({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Tip label={label} side="right">
      {children}
    </Tip>
  )
}
