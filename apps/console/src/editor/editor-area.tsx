import { Editor } from '@monaco-editor/react'
import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { toast } from 'sonner'
import { runCommand, useCommand } from '../commands/registry.ts'
import { commandRows } from '../commands/table.ts'
import { ErrorView } from '../components/error-view.tsx'
import { functionQuery } from '../data/functions.ts'
import { EditorSkeleton } from '../features/workspace/editor-skeleton.tsx'
import { PublishBar } from '../features/workspace/publish-bar.tsx'
import { t } from '../i18n/i18n.ts'
import { loadCodeFont } from '../lib/code-font.ts'
import { linkToLine } from '../lib/links.ts'
import { useTheme } from '../lib/use-theme.ts'
import { useDebug } from '../stores/debug.ts'
import { useDrafts } from '../stores/drafts.ts'
import { useEditorBridge } from '../stores/editor-bridge.ts'
import { usePreferences } from '../stores/preferences.ts'
import { useReview } from '../stores/review.ts'
import { showBreakpoints } from './breakpoint-gutter.ts'
import { connectBridge } from './bridge.ts'
import { showRunInLines } from './debug-lines.ts'
import { followSourceStyle, formatAsked, formatQuietly } from './format/formatting.ts'
import { followImports } from './imported.ts'
import { followPackageTypes } from './package-types.ts'
import './language/service.ts'
import './language/completions.ts'
import './language/fixes.ts'
import './language/navigation.ts'
import './language/rename.ts'
import './language/snippets.ts'
import { organizeImports } from './language/fixes.ts'
import { ensureModel, enterApp, openFunction, uriOf } from './models.ts'
import type { monaco } from './monaco.ts'
import { reviewConflict, undoPublish } from './publish.ts'
import { publishChecked } from './publish-checked.ts'
import { applyEditorTheme, editorTheme } from './theme.ts'
import { followWholeApp } from './whole-app.ts'

const MergeDialog = lazy(() => import('./merge-dialog.tsx').then((m) => ({ default: m.MergeDialog })))
const HistoryDialog = lazy(() => import('./history-dialog.tsx').then((m) => ({ default: m.HistoryDialog })))
const ReviewDialog = lazy(() => import('./review-dialog.tsx').then((m) => ({ default: m.ReviewDialog })))
const LibraryDialog = lazy(() => import('./library-dialog.tsx').then((m) => ({ default: m.LibraryDialog })))
const BreakpointDialog = lazy(() =>
  import('../features/debug/breakpoint-dialog.tsx').then((m) => ({ default: m.BreakpointDialog })),
)
const CompareDialog = lazy(() => import('./compare-dialog.tsx').then((m) => ({ default: m.CompareDialog })))

type CodeEditor = ReturnType<typeof monaco.editor.create>

const font = loadCodeFont()

/** The open function's source. Loaded lazily: everything that knows Monaco hangs on this file. */
export function EditorArea({ appid, name }: { appid: string; name: string }) {
  const fn = useQuery(functionQuery(appid, name))
  const [ready, setReady] = useState(false)
  const [editor, setEditor] = useState<CodeEditor | null>(null)
  const [comparing, setComparing] = useState(false)
  const [history, setHistory] = useState(false)
  const editing = useDebug((s) => s.editing !== null)
  const merging = useDrafts((s) => s.merge !== null)
  const reviewing = useReview((s) => s.review !== null)
  const library = useEditorBridge((s) => s.library !== null)
  const theme = useTheme()
  const { fontSize, wordWrap, minimap, formatOnSave, vim } = usePreferences()
  const vimStatus = useRef<HTMLDivElement>(null)
  const { line, column } = useSearch({ strict: false })

  useEffect(() => void font.then(() => setReady(true)), [])
  // First: the other effects open models of this app.
  useEffect(() => enterApp(appid), [appid])
  useEffect(() => connectBridge(appid), [appid])
  // Another window may have saved this draft: look whenever this one gets the focus.
  const { refetch } = fn
  useEffect(() => {
    const look = () => void refetch()
    addEventListener('focus', look)
    return () => removeEventListener('focus', look)
  }, [refetch])
  useEffect(() => followImports(appid), [appid])
  useEffect(() => followWholeApp(appid), [appid])
  useEffect(() => followPackageTypes(appid), [appid])
  useEffect(followSourceStyle, [])
  // After the shell's own effect has put the theme on the document.
  useEffect(() => {
    const frame = requestAnimationFrame(() => applyEditorTheme(theme))
    return () => cancelAnimationFrame(frame)
  }, [theme])

  useEffect(() => (editor ? showBreakpoints(appid, editor) : undefined), [appid, editor])
  useEffect(() => (editor ? showRunInLines(appid, editor) : undefined), [appid, editor])

  const [shown, setShown] = useState<string | null>(null)
  useEffect(() => {
    if (!fn.data || !ready) return
    ensureModel(fn.data)
    setShown(fn.data.name)
  }, [fn.data, ready])

  useEffect(() => {
    if (!vim || !editor) return
    let stop = () => {}
    let over = false
    void import('./vim.ts').then(({ startVim }) => {
      if (!over && vimStatus.current) stop = startVim(editor, vimStatus.current)
    })
    return () => {
      over = true
      stop()
    }
  }, [vim, editor])

  const revealed = useRef('')
  useEffect(() => {
    if (!editor || shown !== name || !line) return
    const place = `${name}:${line}:${column}`
    if (revealed.current === place && editor.getPosition()?.lineNumber === line) return
    revealed.current = place
    const position = { lineNumber: line, column: column ?? 1 }
    editor.revealPositionInCenterIfOutsideViewport(position)
    editor.setPosition(position)
    editor.focus()
  }, [editor, shown, name, line, column])

  useCommand('function.publish', () => {
    void publishChecked(appid, name)
  })
  useCommand('function.copyLine', () => {
    const line = editor?.getPosition()?.lineNumber ?? 1
    void navigator.clipboard
      .writeText(linkToLine(appid, name, line))
      .then(() => toast(t('action.linkCopied')))
  })
  useCommand('draft.save', () => {
    void (async () => {
      // At once; the formatter may still have to start.
      await openFunction(name)?.queue.flush()
      if (!formatOnSave || !editor) return
      await formatQuietly(editor)
      await openFunction(name)?.queue.flush()
    })()
  })
  useCommand('editor.format', () => void (editor && formatAsked(editor)), editor !== null)
  useCommand(
    'editor.organizeImports',
    () => {
      const model = openFunction(name)?.model
      if (model) void organizeImports(model)
    },
    shown === name,
  )
  useCommand('function.history', () => setHistory(true), shown === name)
  useCommand('function.compare', () => setComparing(true), shown === name && openFunction(name)?.live != null)

  if (fn.error && !fn.data) {
    return (
      <ErrorView
        what={t('functions.openFailed', { name })}
        error={fn.error}
        onRetry={() => void fn.refetch()}
      />
    )
  }
  return (
    <div className="flex h-full flex-col">
      <PublishBar
        name={name}
        onUndo={() => void undoPublish(appid, name)}
        onReview={() => reviewConflict(name)}
      />
      <div className="relative min-h-0 grow">
        {shown === null ? (
          <EditorSkeleton />
        ) : (
          <Editor
            path={uriOf(shown).toString()}
            keepCurrentModel
            theme={editorTheme(theme)}
            loading={<EditorSkeleton />}
            onMount={(mounted) => {
              applyEditorTheme(theme)
              setEditor(mounted as unknown as CodeEditor)
              onEditor(mounted as unknown as CodeEditor)
            }}
            options={{
              ariaLabel: t('editor.textbox', { name: shown }),
              fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
              fontSize,
              lineHeight: Math.round(fontSize * 1.54),
              fontLigatures: false,
              wordWrap: wordWrap ? 'on' : 'off',
              minimap: { enabled: minimap },
              automaticLayout: true,
              scrollBeyondLastLine: false,
              smoothScrolling: false,
              padding: { top: 10, bottom: 10 },
              lineNumbersMinChars: 3,
              lineDecorationsWidth: 12,
              glyphMargin: true,
              folding: true,
              renderLineHighlight: 'line',
              renderLineHighlightOnlyWhenFocus: true,
              overviewRulerBorder: false,
              hideCursorInOverviewRuler: true,
              scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
              stickyScroll: { enabled: false },
              fixedOverflowWidgets: true,
              bracketPairColorization: { enabled: false },
              guides: { indentation: true },
              occurrencesHighlight: 'singleFile',
              unicodeHighlight: { ambiguousCharacters: false },
              tabSize: 2,
              // Text alone is pasted into source. Monaco asks its paste providers first otherwise, and what is typed meanwhile cancels it.
              pasteAs: { enabled: false },
            }}
          />
        )}
        {shown !== null && shown !== name && (
          <div className="absolute inset-0 bg-editor">
            <EditorSkeleton />
          </div>
        )}
      </div>
      {vim && (
        <div
          ref={vimStatus}
          className="flex h-6 shrink-0 items-center gap-2 border-t border-line bg-editor px-3 font-mono text-label text-muted"
        />
      )}
      <Suspense>
        {merging && <MergeDialog />}
        {reviewing && <ReviewDialog />}
        {library && <LibraryDialog />}
        {history && <HistoryDialog appid={appid} name={name} onClose={() => setHistory(false)} />}
        {editing && <BreakpointDialog appid={appid} />}
        {comparing && <CompareDialog name={name} onClose={() => setComparing(false)} />}
      </Suspense>
    </div>
  )
}

/** Commands of the table in Monaco's own menu, and the caret's place in the status bar. */
function onEditor(editor: CodeEditor): void {
  for (const [id, row] of commandRows) {
    if (!row.editor) continue
    editor.addAction({
      id: `lathe.${id}`,
      label: t(row.title as 'action.publish'),
      contextMenuGroupId: '9_lathe',
      run: () => {
        runCommand(id)
      },
    })
  }
  const show = () => {
    const at = editor.getPosition()
    if (at) useEditorBridge.setState({ cursor: { line: at.lineNumber, column: at.column } })
  }
  editor.onDidChangeCursorPosition(show)
  editor.onDidChangeModel(show)
  show()
}
