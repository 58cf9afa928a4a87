import type { AppView } from '@lathe/shared'
import { CircleX, TriangleAlert } from 'lucide-react'
import { Mark } from '../../components/ui/mark.tsx'
import { t } from '../../i18n/i18n.ts'
import { useDrafts } from '../../stores/drafts.ts'
import { useEditorBridge } from '../../stores/editor-bridge.ts'
import { workspaceActions } from '../../stores/workspace.ts'

/** One line of truth: what is live, how fast it got there, what the language service and the runtime are doing. */
export function StatusBar({ app, name }: { app: AppView | undefined; name: string | undefined }) {
  const status = useDrafts((s) => (name ? s.status[name] : undefined))
  const publish = useDrafts((s) => (name ? s.publish[name] : undefined))
  const { language, cursor, problems, ready } = useEditorBridge()
  const errors = problems.filter((p) => p.severity === 'error').length
  const warnings = problems.length - errors
  return (
    <section
      aria-label={t('status.label')}
      className="flex h-6 shrink-0 items-center gap-4 overflow-hidden border-t border-line px-3 text-label text-muted tabular-nums *:shrink-0"
    >
      {name && status && (
        <span>
          {status.liveRevision > 0
            ? t('status.live', { revision: String(status.liveRevision) })
            : t('status.notLive')}
          {publish?.kind === 'live' && publish.ms !== null && ` · ${Math.max(1, Math.round(publish.ms))} ms`}
          {publish?.kind === 'live' && ` · ${publish.replicas.live}/${publish.replicas.total}`}
        </span>
      )}
      <button
        type="button"
        onClick={() => workspaceActions.showDrawer('problems')}
        className="flex h-6 items-center gap-1.5 -outline-offset-2 hover:text-fg"
      >
        <span className="sr-only">{t('status.problems', { errors, warnings })}</span>
        <CircleX size={12} aria-hidden className={errors > 0 ? 'text-error' : ''} />
        <Mark text={errors} />
        <TriangleAlert size={12} aria-hidden className={warnings > 0 ? 'text-warn' : ''} />
        <Mark text={warnings} />
      </button>
      <span className="grow" />
      {name && ready && (
        <span>{t('status.cursor', { line: String(cursor.line), column: String(cursor.column) })}</span>
      )}
      {name && <span>{language === 'ready' ? t('status.tsReady') : t('status.tsStarting')}</span>}
      {app && app.isolation.length > 0 && (
        <span className="max-wide:hidden">{t('status.isolation', { walls: app.isolation.join(' + ') })}</span>
      )}
      {app && <span className={app.phase === 'failed' ? 'text-error' : ''}>{t(`phase.${app.phase}`)}</span>}
    </section>
  )
}
