import { javascript } from '@codemirror/lang-javascript'
import { basicSetup, EditorView } from 'codemirror'

/** CodeMirror as its documentation sets it up: the floor, without a language service. */
new EditorView({
  doc: 'export default () => 1\n',
  extensions: [basicSetup, javascript({ typescript: true })],
  parent: document.body,
})
