import type { SourceStyle } from '@lathe/shared'
import { t } from '../../i18n/i18n.ts'
import { usePreferences } from '../../stores/preferences.ts'
import { functionWorker } from '../language/service.ts'
import { nameOf } from '../models.ts'
import { monaco } from '../monaco.ts'
import { askFormatter } from './ask-formatter.ts'
import type { Part } from './format-source.ts'

type CodeEditor = ReturnType<typeof monaco.editor.create>
type Model = ReturnType<typeof monaco.editor.createModel>

/** Why the last text was not formatted; null when it was. */
let trouble: string | null = null

/** Monaco makes the smallest edits of it, as one step to undo, so the caret stays where it was; none once the text has changed. */
async function formatted(model: Model, part?: Part) {
  if (!nameOf(model.uri)) return []
  const answer = await askFormatter({ source: model.getValue(), style: sourceStyle(), ...(part && { part }) })
  trouble = 'trouble' in answer ? answer.trouble : null
  if ('trouble' in answer || model.isDisposed()) return []
  return [{ range: model.getFullModelRange(), text: answer.source }]
}

monaco.languages.registerDocumentFormattingEditProvider('typescript', {
  provideDocumentFormattingEdits: (model) => formatted(model),
})

monaco.languages.registerDocumentRangeFormattingEditProvider('typescript', {
  provideDocumentRangeFormattingEdits: (model, range) =>
    formatted(model, [
      model.getOffsetAt({ lineNumber: range.startLineNumber, column: range.startColumn }),
      model.getOffsetAt({ lineNumber: range.endLineNumber, column: range.endColumn }),
    ]),
})

/** Formats what is open; when it cannot be read, Problems says so. */
export async function formatQuietly(editor: CodeEditor): Promise<void> {
  await editor.getAction('editor.action.formatDocument')?.run()
}

/** The same for who asked for it: the reason for nothing happening stands at the caret. */
export async function formatAsked(editor: CodeEditor): Promise<void> {
  await formatQuietly(editor)
  const at = editor.getPosition()
  if (trouble === null || !at) return
  const messages = editor.getContribution('editor.contrib.messageController') as MessageController | null
  messages?.showMessage(t('editor.notFormatted', { why: trouble }), at)
}

/** Monaco's own small message beside a place of the text, which its types leave out. */
interface MessageController {
  dispose(): void
  showMessage(message: string, at: { lineNumber: number; column: number }): void
}

function sourceStyle(): SourceStyle {
  const { semicolons, singleQuotes, lineWidth } = usePreferences.getState()
  return { semicolons, singleQuotes, lineWidth }
}

/** Imports and fixes that the language service writes look as if they had been formatted. */
export function followSourceStyle(): () => void {
  const tell = () => void functionWorker().then((worker) => worker.useStyle(sourceStyle()))
  tell()
  return usePreferences.subscribe((now, before) => {
    if (now.semicolons !== before.semicolons || now.singleQuotes !== before.singleQuotes) tell()
  })
}
