import * as monaco from 'monaco-editor'
import EditorWorker from 'monaco-editor/editor/editor.worker?worker'
import TypeScriptWorker from 'monaco-editor/languages/features/typescript/ts.worker?worker'

/** Monaco as its documentation sets it up, and nothing else. */
self.MonacoEnvironment = {
  getWorker: (_, label) => (label === 'typescript' ? new TypeScriptWorker() : new EditorWorker()),
}
const model = monaco.editor.createModel(
  'export default () => 1\n',
  'typescript',
  monaco.Uri.parse('file:///hello.ts'),
)
monaco.editor.create(document.body, { model })
