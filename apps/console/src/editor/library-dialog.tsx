import { Editor } from '@monaco-editor/react'
import { Dialog } from '../components/ui/dialog.tsx'
import { t } from '../i18n/i18n.ts'
import { useTheme } from '../lib/use-theme.ts'
import { useEditorBridge } from '../stores/editor-bridge.ts'
import { usePreferences } from '../stores/preferences.ts'
import { editorTheme } from './theme.ts'

/** Declarations of a package, to be read: where a definition outside of the app led to. */
export function LibraryDialog() {
  const library = useEditorBridge((s) => s.library)
  const theme = useTheme()
  const fontSize = usePreferences((s) => s.fontSize)
  if (!library) return null
  const file = library.uri.replace(/^file:\/\/\/(?:node_modules\/)?/, '')
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && useEditorBridge.setState({ library: null })}
      title={decodeURIComponent(file)}
      description={t('library.text')}
      size="full"
    >
      <div className="mt-3 min-h-0 grow border-t border-line">
        <Editor
          path={library.uri}
          keepCurrentModel
          theme={editorTheme(theme)}
          onMount={(editor) => {
            const position = { lineNumber: library.line, column: library.column }
            editor.setPosition(position)
            editor.revealPositionInCenter(position)
            editor.focus()
          }}
          options={{
            readOnly: true,
            ariaLabel: decodeURIComponent(file),
            fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
            fontSize,
            minimap: { enabled: false },
            scrollBeyondLastLine: false,
            automaticLayout: true,
          }}
        />
      </div>
    </Dialog>
  )
}
