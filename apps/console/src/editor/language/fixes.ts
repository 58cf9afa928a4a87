import { nameOf } from '../models.ts'
import { monaco } from '../monaco.ts'
import { openModel } from '../whole-app.ts'
import { rangeIn } from './offsets.ts'
import { functionWorker } from './service.ts'
import type { FileEdits } from './worker-api.ts'

const QUICK_FIX = 'quickfix'
const ORGANIZE = 'source.organizeImports'

/** TypeScript's quick fixes, auto-import among them, and tidy imports. */
monaco.languages.registerCodeActionProvider(
  'typescript',
  {
    async provideCodeActions(model, range, { markers, only }) {
      if (!nameOf(model.uri)) return { actions: [], dispose() {} }
      const worker = await functionWorker()
      const uri = model.uri.toString()
      const actions = []
      if (!only || only.startsWith(QUICK_FIX)) {
        const codes = markers.map(({ code }) => Number(typeof code === 'string' ? code : code?.value))
        const known = codes.filter(Number.isInteger)
        const start = model.getOffsetAt({ lineNumber: range.startLineNumber, column: range.startColumn })
        const end = model.getOffsetAt({ lineNumber: range.endLineNumber, column: range.endColumn })
        const marked = markers[0] ? spanOf(model, markers[0]) : { start, end }
        const fixes = known.length > 0 ? await worker.fixes(uri, marked.start, marked.end, known) : []
        for (const fix of fixes) {
          actions.push({
            title: fix.title,
            kind: QUICK_FIX,
            diagnostics: markers,
            isPreferred: fix.preferred,
            edit: await workspaceEdit(fix.edits),
          })
        }
      }
      if (only?.startsWith('source')) {
        const edit = await workspaceEdit(await worker.organizeImports(uri))
        if (edit.edits.length > 0) actions.push({ title: 'Organize imports', kind: ORGANIZE, edit })
      }
      return { actions, dispose() {} }
    },
  },
  { providedCodeActionKinds: [QUICK_FIX, ORGANIZE] },
)

type Model = ReturnType<typeof monaco.editor.createModel>

function spanOf(
  model: Model,
  marker: { startLineNumber: number; startColumn: number; endLineNumber: number; endColumn: number },
) {
  return {
    start: model.getOffsetAt({ lineNumber: marker.startLineNumber, column: marker.startColumn }),
    end: model.getOffsetAt({ lineNumber: marker.endLineNumber, column: marker.endColumn }),
  }
}

async function workspaceEdit(files: FileEdits[]) {
  const edits = []
  for (const { fileName, changes } of files) {
    const uri = monaco.Uri.parse(fileName)
    const name = nameOf(uri)
    const model = monaco.editor.getModel(uri) ?? (name === null ? null : await openModel(name))
    if (!model) continue
    const text = model.getValue()
    for (const { span, newText } of changes) {
      edits.push({
        resource: uri,
        versionId: model.getVersionId(),
        textEdit: { range: rangeIn(text, span), text: newText },
      })
    }
  }
  return { edits }
}

/** Sorts the imports, merges those of one module, and drops what nobody uses. */
export async function organizeImports(model: Model): Promise<void> {
  const files = await (await functionWorker()).organizeImports(model.uri.toString())
  const text = model.getValue()
  const edits = files
    .flatMap(({ changes }) => changes)
    .map(({ span, newText }) => ({ range: rangeIn(text, span), text: newText }))
  if (edits.length === 0) return
  model.pushStackElement()
  model.pushEditOperations([], edits, () => null)
  model.pushStackElement()
}
