import { t } from '../../i18n/i18n.ts'
import { useEditorBridge } from '../../stores/editor-bridge.ts'
import { workspaceActions } from '../../stores/workspace.ts'

/** How many errors TypeScript finds in this function, before it is published. */
export function TypeErrors({ name }: { name: string }) {
  const errors = useEditorBridge(
    (s) => s.problems.filter((one) => one.name === name && one.severity === 'error').length,
  )
  if (errors === 0) return null
  return (
    <button
      type="button"
      onClick={() => workspaceActions.showDrawer('problems')}
      className="h-6 shrink-0 rounded-control px-1.5 text-small text-error hover:bg-raised"
    >
      {t('typeErrors.chip', { n: errors })}
    </button>
  )
}
