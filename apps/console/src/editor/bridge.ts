import { type Problem, useEditorBridge } from '../stores/editor-bridge.ts'
import { check } from './language/check.ts'
import { importsAfterMove, reviewTexts } from './language/rename.ts'
import { languageState, onLanguageState } from './language/service.ts'
import { showRuntimeError, showServerMarkers } from './markers.ts'
import { closeFunction, dropFunction, nameOf, openFunction, openFunctions } from './models.ts'
import { monaco } from './monaco.ts'
import { publishMany } from './publish.ts'
import { applyTexts, wholeApp } from './whole-app.ts'

/** Ties the lazy editor to the workspace around it. */
export function connectBridge(appid: string): () => void {
  useEditorBridge.setState({
    ready: true,
    language: 'starting',
    textOf: (name) => openFunction(name)?.model.getValue(),
    flush: async (name) => openFunction(name)?.queue.flush(),
    flushAll: async () => void (await Promise.all([...openFunctions()].map(({ queue }) => queue.flush()))),
    check,
    texts: wholeApp,
    reviewTexts: (title, items) => void reviewTexts(title, items),
    writeTexts: applyTexts,
    importsAfterMove,
    publishMany: async (names, note) => void (await publishMany(appid, names, note)),
    closed: closeFunction,
    dropped: dropFunction,
    showErrors: (name, { markers, loadErrors, thrown }) => {
      if (markers || loadErrors) showServerMarkers(name, markers ?? [], loadErrors ?? [])
      if (thrown) showRuntimeError(name, thrown.line, thrown.message)
    },
  })
  // Ready means that it knows the whole app: until then it would miss completions and references.
  const known = () => {
    if (languageState() !== 'ready') return
    void wholeApp()
      .catch(() => {}) // offline: it knows what is open
      .then(() => useEditorBridge.setState({ language: 'ready' }))
  }
  known()
  const language = onLanguageState(known)
  const markers = monaco.editor.onDidChangeMarkers(() => useEditorBridge.setState({ problems: problems() }))
  return () => {
    language()
    markers.dispose()
  }
}

/** Errors and warnings of the open functions; the compiler's word stands before the language service's. */
function problems(): Problem[] {
  const { MarkerSeverity } = monaco
  return monaco.editor
    .getModelMarkers({})
    .filter((m) => m.severity === MarkerSeverity.Error || m.severity === MarkerSeverity.Warning)
    .flatMap((m): Problem[] => {
      const name = nameOf(m.resource)
      if (!name) return []
      return [
        {
          name,
          severity: m.severity === MarkerSeverity.Error ? 'error' : 'warning',
          message: m.message,
          line: m.startLineNumber,
          column: m.startColumn,
          code: typeof m.code === 'string' ? `ts(${m.code})` : '',
        },
      ]
    })
    .sort((a, b) => a.name.localeCompare(b.name) || a.line - b.line || a.column - b.column)
}
