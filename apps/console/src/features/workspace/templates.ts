import type { MessageId } from '../../i18n/i18n.ts'

/** What a new function begins as. The sources are files of their own, which a test publishes and calls. */
export interface Template {
  id: string
  title: MessageId
  /** What it has to be called to do its work. */
  name?: string
  /** Packages that it imports. */
  packages?: string[]
}

/** `hello` is the API's own default, so it carries no source. */
export const templates: Template[] = [
  { id: 'hello', title: 'template.hello' },
  { id: 'json', title: 'template.json' },
  { id: 'crud', title: 'template.crud' },
  { id: 'auth', title: 'template.auth' },
  { id: 'form', title: 'template.form' },
  { id: 'upload', title: 'template.upload' },
  { id: 'webhook', title: 'template.webhook' },
  { id: 'proxy', title: 'template.proxy' },
  { id: 'cron', title: 'template.cron' },
  { id: 'websocket', title: 'template.websocket', name: '__websocket__' },
  { id: 'sse', title: 'template.sse' },
  { id: 'stream', title: 'template.stream' },
  { id: 'fetch', title: 'template.fetch' },
  { id: 'hono', title: 'template.hono', packages: ['hono'] },
]

const sources = import.meta.glob<string>('../../../templates/*.ts', { query: '?raw', import: 'default' })

/** The template's source; undefined for the API's default. */
export async function templateSource(id: string): Promise<string | undefined> {
  return sources[`../../../templates/${id}.ts`]?.()
}
