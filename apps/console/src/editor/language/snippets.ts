// biome-ignore-all lint/suspicious/noTemplateCurlyInString: places to fill in are written so
import { type MessageId, t } from '../../i18n/i18n.ts'
import { nameOf } from '../models.ts'
import { monaco } from '../monaco.ts'

/** What functions are made of, by a short word; Tab walks through the places to fill in. */
const snippets: { label: string; title: MessageId; body: string }[] = [
  {
    label: 'handler',
    title: 'snippet.handler',
    body: 'export default async function (ctx: FunctionContext) {\n  $0\n}',
  },
  {
    label: 'get',
    title: 'snippet.get',
    body: 'export function GET(ctx: FunctionContext) {\n  return { $0 }\n}',
  },
  {
    label: 'post',
    title: 'snippet.post',
    body: 'export async function POST(ctx: FunctionContext<{ ${1:name}: ${2:string} }>) {\n  const { ${1:name} } = ctx.body\n  $0\n}',
  },
  {
    label: 'cloud',
    title: 'snippet.cloud',
    body: "import cloud, { type FunctionContext } from '@lathe/cloud'\n$0",
  },
  {
    label: 'collection',
    title: 'snippet.collection',
    body: "const ${1:notes} = cloud.mongo.db.collection<${2:Note}>('${1:notes}')\n$0",
  },
  {
    label: 'json-error',
    title: 'snippet.jsonError',
    body: "return Response.json({ error: '${1:what is wrong}' }, { status: ${2:400} })$0",
  },
  {
    label: 'events',
    title: 'snippet.events',
    body: "async function* events() {\n  yield `data: ${1:hello}\\n\\n`\n}\nreturn new Response(ReadableStream.from(events()).pipeThrough(new TextEncoderStream()), {\n  headers: { 'content-type': 'text/event-stream' },\n})$0",
  },
  {
    label: 'invoke',
    title: 'snippet.invoke',
    body: "await cloud.invoke('${1:name}', { body: { $0 } })",
  },
]

monaco.languages.registerCompletionItemProvider('typescript', {
  provideCompletionItems(model, position) {
    const word = model.getWordUntilPosition(position)
    const before = model.getLineContent(position.lineNumber).slice(0, word.startColumn - 1)
    // At the beginning of a statement: not after a dot, nor inside a string.
    if (!nameOf(model.uri) || /\S/.test(before)) return { suggestions: [] }
    const range = new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn)
    return {
      suggestions: snippets.map(({ label, title, body }) => ({
        label: { label, description: t(title as 'snippet.handler') },
        kind: monaco.languages.CompletionItemKind.Snippet,
        insertText: body,
        insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet,
        sortText: `zz${label}`,
        range,
      })),
    }
  },
})
