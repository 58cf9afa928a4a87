import { useEditorBridge } from '../../stores/editor-bridge.ts'
import { nameOf } from '../models.ts'
import { monaco } from '../monaco.ts'
import { openModel } from '../whole-app.ts'
import { rangeIn } from './offsets.ts'
import { functionWorker } from './service.ts'
import type { Place } from './worker-api.ts'

/**
 * Go to definition and find references over the whole app and into packages. What they lead to becomes a model first:
 * Monaco looks into nothing else.
 */
async function locations(places: Place[]) {
  const found = await Promise.all(
    places.map(async ({ fileName, span }) => {
      const uri = monaco.Uri.parse(fileName)
      const model = await modelOf(uri)
      return model && { uri, range: rangeIn(model.getValue(), span) }
    }),
  )
  return found.filter((one) => one !== null)
}

async function modelOf(uri: ReturnType<typeof monaco.Uri.parse>) {
  const known = monaco.editor.getModel(uri)
  if (known) return known
  const name = nameOf(uri)
  if (name) return openModel(name)
  const text = await (await functionWorker()).getScriptText(uri.toString())
  if (text === undefined) return null
  return monaco.editor.getModel(uri) ?? monaco.editor.createModel(text, 'typescript', uri)
}

monaco.languages.registerDefinitionProvider('typescript', {
  async provideDefinition(model, position) {
    const worker = await functionWorker()
    return locations(await worker.definitions(model.uri.toString(), model.getOffsetAt(position)))
  },
})

monaco.languages.registerReferenceProvider('typescript', {
  async provideReferences(model, position) {
    const worker = await functionWorker()
    return locations(await worker.references(model.uri.toString(), model.getOffsetAt(position)))
  },
})

// Another function opens in its tab; a package's declarations are shown to be read.
monaco.editor.registerEditorOpener({
  openCodeEditor(_source, resource, at) {
    const place = at && ('lineNumber' in at ? at : { lineNumber: at.startLineNumber, column: at.startColumn })
    const line = place?.lineNumber ?? 1
    const column = place?.column ?? 1
    const name = nameOf(resource)
    if (name) useEditorBridge.getState().open({ name, line, column })
    else useEditorBridge.setState({ library: { uri: resource.toString(), line, column } })
    return true
  },
})
