import { DiffEditor } from '@monaco-editor/react'
import { Dialog } from '../components/ui/dialog.tsx'
import { t } from '../i18n/i18n.ts'
import { openFunction } from './models.ts'

/** What a publish would change: live on the left, the draft on the right. */
export function CompareDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const fn = openFunction(name)
  if (!fn?.live) return null
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('compare.title', { name })}
      description={t('compare.text', { revision: String(fn.live.revision) })}
      size="full"
    >
      <div className="mt-3 min-h-0 grow border-t border-line">
        <DiffEditor
          original={fn.live.source}
          modified={fn.model.getValue()}
          language="typescript"
          originalModelPath="inmemory://compare/live.ts"
          modifiedModelPath="inmemory://compare/draft.ts"
          options={{
            readOnly: true,
            automaticLayout: true,
            minimap: { enabled: false },
            fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
            fontSize: 13,
            lineHeight: 20,
            scrollBeyondLastLine: false,
            // Its toolbar draws itself once more after the dialog has closed, and throws.
            renderGutterMenu: false,
            originalAriaLabel: t('status.live', { revision: String(fn.live.revision) }),
            modifiedAriaLabel: t('compare.draft'),
          }}
        />
      </div>
    </Dialog>
  )
}
