import { DiffEditor } from '@monaco-editor/react'
import { useEffect } from 'react'
import { useTheme } from '../lib/use-theme.ts'
import { usePreferences } from '../stores/preferences.ts'
import { monaco } from './monaco.ts'
import { editorTheme } from './theme.ts'

type Mounted = ReturnType<typeof monaco.editor.createDiffEditor>

/** Two sources side by side. The right one can be edited unless `readOnly`. */
export function DiffView({
  id,
  original,
  modified,
  originalLabel,
  modifiedLabel,
  readOnly = false,
  onMount,
}: {
  /** Tells the models of different dialogs apart. */
  id: string
  original: string
  modified: string
  originalLabel: string
  modifiedLabel: string
  readOnly?: boolean
  onMount?: (view: Mounted) => void
}) {
  const theme = useTheme()
  const fontSize = usePreferences((s) => s.fontSize)
  useEffect(() => () => void setTimeout(restoreHovers), [])
  return (
    <DiffEditor
      original={original}
      modified={modified}
      language="typescript"
      theme={editorTheme(theme)}
      originalModelPath={`inmemory://${id}/original.ts`}
      modifiedModelPath={`inmemory://${id}/modified.ts`}
      onMount={(mounted) => onMount?.(mounted as unknown as Mounted)}
      options={{
        readOnly,
        originalEditable: false,
        renderSideBySide: true,
        useInlineViewWhenSpaceIsLimited: false,
        automaticLayout: true,
        minimap: { enabled: false },
        fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
        fontSize,
        lineHeight: Math.round(fontSize * 1.54),
        fontLigatures: false,
        scrollBeyondLastLine: false,
        renderOverviewRuler: false,
        renderGutterMenu: false,
        originalAriaLabel: originalLabel,
        modifiedAriaLabel: modifiedLabel,
      }}
    />
  )
}

/**
 * Monaco keeps the newest editor's services for all tooltips, and a diff's are gone with it: every later tooltip
 * would throw. A new plain editor, however short-lived, leaves the lasting ones.
 */
function restoreHovers(): void {
  monaco.editor.create(document.createElement('div')).dispose()
}
