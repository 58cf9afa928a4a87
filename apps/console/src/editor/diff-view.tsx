import { DiffEditor } from '@monaco-editor/react'
import { useEffect, useRef } from 'react'
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
  const view = useRef<Mounted>(null)
  // Monaco forgets the labels of its options whenever another option of the view changes.
  const label = () => {
    view.current?.getOriginalEditor().updateOptions({ ariaLabel: originalLabel })
    view.current?.getModifiedEditor().updateOptions({ ariaLabel: modifiedLabel })
  }
  useEffect(label)
  useEffect(() => () => void setTimeout(() => cleanUp(id)), [id])
  return (
    <DiffEditor
      original={original}
      modified={modified}
      language="typescript"
      theme={editorTheme(theme)}
      originalModelPath={uriOf(id, 'original')}
      modifiedModelPath={uriOf(id, 'modified')}
      keepCurrentOriginalModel
      keepCurrentModifiedModel
      onMount={(mounted) => {
        view.current = mounted as unknown as Mounted
        label()
        onMount?.(view.current)
      }}
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
        // Two columns are narrow: what a long line changed would be out of sight.
        diffWordWrap: 'on',
        renderGutterMenu: false,
      }}
    />
  )
}

function uriOf(id: string, side: 'original' | 'modified'): string {
  return `inmemory://${id}/${side}.ts`
}

/**
 * After the view is gone. The wrapper would dispose the models before their view, which throws. And Monaco keeps the
 * newest editor's services for all tooltips, which went with the view: every later tooltip would throw; a new plain
 * editor, however short-lived, leaves the lasting ones.
 */
function cleanUp(id: string): void {
  for (const side of ['original', 'modified'] as const) {
    monaco.editor.getModel(monaco.Uri.parse(uriOf(id, side)))?.dispose()
  }
  monaco.editor.create(document.createElement('div')).dispose()
}
