import type { LoadError, Marker } from '@lathe/shared'
import { openFunction, openFunctions } from './models.ts'
import { monaco } from './monaco.ts'

/** Markers that the API gave: syntax errors of a refused publish or run, and modules that cannot be evaluated. */
const OWNER = 'lathe'

export function showServerMarkers(name: string, markers: Marker[], loadErrors: LoadError[]): void {
  clearServerMarkers()
  const byName = new Map<string, Marker[]>([[name, markers]])
  for (const error of loadErrors) {
    const marker = error.marker ?? {
      message: error.message,
      severity: 'error' as const,
      line: 1,
      column: 1,
      endLine: 1,
      endColumn: 1,
    }
    byName.set(error.name, [...(byName.get(error.name) ?? []), { ...marker, message: error.message }])
  }
  for (const [file, list] of byName) {
    const model = openFunction(file)?.model
    if (!model) continue
    monaco.editor.setModelMarkers(
      model,
      OWNER,
      list.map((m) => ({
        severity: m.severity === 'error' ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
        message: m.message,
        source: 'lathe',
        startLineNumber: m.line,
        startColumn: m.column,
        endLineNumber: m.endLine,
        endColumn: Math.max(m.endColumn, m.line === m.endLine ? m.column + 1 : 1),
      })),
    )
    // An edit makes the places wrong; the next publish or run says anew.
    const once = model.onDidChangeContent(() => {
      once.dispose()
      monaco.editor.setModelMarkers(model, OWNER, [])
    })
  }
}

export function clearServerMarkers(): void {
  for (const { model } of openFunctions()) monaco.editor.setModelMarkers(model, OWNER, [])
}

/** Shown inline where an error of a run was thrown; goes with the next edit. */
export function showRuntimeError(name: string, line: number, message: string): void {
  const model = openFunction(name)?.model
  if (!model || line > model.getLineCount()) return
  const end = model.getLineMaxColumn(line)
  const ids = model.deltaDecorations(
    [],
    [
      {
        range: new monaco.Range(line, 1, line, 1),
        options: { isWholeLine: true, className: 'editor-error-line', hoverMessage: { value: message } },
      },
      {
        range: new monaco.Range(line, end, line, end),
        options: {
          showIfCollapsed: true,
          after: {
            content: `   ${message.split('\n')[0]?.slice(0, 120) ?? ''}`,
            inlineClassName: 'editor-error-text',
          },
        },
      },
    ],
  )
  const once = model.onDidChangeContent(() => {
    once.dispose()
    model.deltaDecorations(ids, [])
  })
}
