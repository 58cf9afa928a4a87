import { nameOf } from '../models.ts'
import { monaco } from '../monaco.ts'
import { rangeIn } from './offsets.ts'
import { functionWorker } from './service.ts'
import type { Completion } from './worker-api.ts'

/** Completions with auto-imports: Monaco's own provider drops the edits that bring the import in. */
type Item = Parameters<
  NonNullable<Parameters<typeof monaco.languages.registerCompletionItemProvider>[1]['resolveCompletionItem']>
>[0]

interface OurItem extends Item {
  asked: { uri: string; offset: number; entry: Completion }
}

const { CompletionItemKind: Kind, CompletionItemTag } = monaco.languages

const kinds: Record<string, number> = {
  keyword: Kind.Keyword,
  'primitive type': Kind.Keyword,
  var: Kind.Variable,
  let: Kind.Variable,
  'local var': Kind.Variable,
  parameter: Kind.Variable,
  const: Kind.Constant,
  property: Kind.Field,
  getter: Kind.Field,
  setter: Kind.Field,
  function: Kind.Function,
  'local function': Kind.Function,
  method: Kind.Method,
  class: Kind.Class,
  interface: Kind.Interface,
  type: Kind.TypeParameter,
  enum: Kind.Enum,
  'enum member': Kind.EnumMember,
  module: Kind.Module,
  'external module name': Kind.Module,
  alias: Kind.Reference,
  string: Kind.Value,
}

monaco.languages.registerCompletionItemProvider('typescript', {
  triggerCharacters: ['.', '"', "'", '`', '/', '@', '<'],

  async provideCompletionItems(model, position) {
    if (!nameOf(model.uri)) return { suggestions: [] }
    const uri = model.uri.toString()
    const offset = model.getOffsetAt(position)
    const word = model.getWordUntilPosition(position)
    const range = new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn)
    const text = model.getValue()
    // Who goes on typing the word gets the same list: Monaco sieves it, and asks again when it is another word.
    const entries = await (await functionWorker()).completions(uri, offset)
    return {
      suggestions: entries.map(
        (entry): OurItem => ({
          label: entry.source ? { label: entry.name, description: moduleOf(entry) } : entry.name,
          insertText: entry.insertText ?? entry.name,
          filterText: entry.insertText?.startsWith('[') ? `.${entry.name}` : entry.name,
          sortText: entry.sortText,
          kind: kinds[entry.kind] ?? Kind.Property,
          tags: entry.deprecated ? [CompletionItemTag.Deprecated] : [],
          range: entry.span ? monaco.Range.lift(rangeIn(text, entry.span)) : range,
          asked: { uri, offset, entry },
        }),
      ),
    }
  },

  async resolveCompletionItem(item) {
    const { uri, offset, entry } = (item as OurItem).asked
    const details = await (await functionWorker()).completionDetails(uri, offset, entry)
    const model = monaco.editor.getModel(monaco.Uri.parse(uri))
    if (!details || !model) return item
    return {
      ...item,
      detail: details.signature,
      documentation: { value: details.documentation },
      additionalTextEdits: details.edits.map(({ span, newText }) => ({
        range: monaco.Range.lift(rangeIn(model.getValue(), span)),
        text: newText,
      })),
    }
  },
})

/** What the import will be from, as it will be written; files of the app by their alias. */
function moduleOf({ source = '' }: Completion): string {
  return source.replace(/^(?:file:\/\/)?\/app\//, '@/').replace(/\.ts$/, '')
}
