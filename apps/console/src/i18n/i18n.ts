import type { en } from './en.ts'
import { enFirst } from './en-first.ts'

/**
 * One small typed message mechanism: `t('id', values)`. A catalog is a record of strings; `{name}` is replaced by
 * a value, `{n|one thing|# things}` chooses by the language's plural rules. The English catalog is the type of
 * all others, so a missing message or value does not compile.
 */
export type MessageId = keyof typeof en
export type Catalog = Record<MessageId, string>
/** A translation of one file of messages. */
export type Messages<En> = Record<keyof En, string>
export const locales = { en: 'English', 'zh-CN': '简体中文' } as const
export type Locale = keyof typeof locales

type Names<S extends string> = S extends `${string}{${infer Slot}}${infer Rest}`
  ? (Slot extends `${infer Name}|${string}` ? Name : Slot) | Names<Rest>
  : never
type Values<K extends MessageId> = [Names<(typeof en)[K]>] extends [never]
  ? []
  : [values: Record<Names<(typeof en)[K]>, string | number>]

/** What is known of the active language: the first page's messages, then all. */
let catalog: Partial<Catalog> = enFirst
let locale: Locale = 'en'
let wanted: Locale = 'en'
let whole = false
let plurals = new Intl.PluralRules('en')

/** The message in the active language with its values in place. */
export function t<K extends MessageId>(id: K, ...[values]: Values<K>): string {
  return fill(catalog[id] ?? id, values ?? {})
}

function fill(template: string, values: Record<string, string | number>): string {
  return template.replace(/\{([^{}|]+)((?:\|[^{}|]*)*)\}/g, (_, name: string, rest: string) => {
    const value = values[name]
    if (!rest) return typeof value === 'number' ? number(value) : (value ?? '')
    const forms = rest.slice(1).split('|')
    const form = (plurals.select(Number(value)) === 'one' ? forms[0] : forms.at(-1)) ?? ''
    return form.replace('#', number(Number(value)))
  })
}

/** A test sets this key: then whatever is not from a catalog stands out. */
const PSEUDO = 'lathe:pseudo-locale'

function pseudo(real: Partial<Catalog>): Partial<Catalog> {
  return Object.fromEntries(Object.entries(real).map(([id, text]) => [id, `⟦${text}⟧`]))
}

function number(value: number): string {
  return value.toLocaleString(locale)
}

export function activeLocale(): Locale {
  return locale
}

const files = {
  en: {
    first: async () => enFirst,
    pages: async () => (await import('./en-pages.ts')).enPages,
  },
  'zh-CN': {
    first: async () => (await import('./zh-cn-first.ts')).zhCnFirst,
    pages: async () => (await import('./zh-cn-pages.ts')).zhCnPages,
  },
} satisfies Record<Locale, Record<'first' | 'pages', () => Promise<Partial<Catalog>>>>

/** Makes `next` the language of every following `t`; the caller renders anew. */
export async function activate(next: Locale): Promise<void> {
  wanted = next
  const { first, pages } = files[next]
  const found: Partial<Catalog>[] = await Promise.all([first(), whole ? pages() : {}])
  if (wanted !== next) return // another one was chosen meanwhile
  catalog = Object.assign({}, ...found)
  if (globalThis.sessionStorage?.getItem(PSEUDO)) catalog = pseudo(catalog)
  locale = next
  plurals = new Intl.PluralRules(next)
  document.documentElement.lang = next
}

let everyPage: Promise<void> | null = null

/** What is loaded with the messages that the first page does without: for all that is shown later. */
export function withMessages<T>(load: () => Promise<T>): () => Promise<T> {
  return async () => {
    const [loaded] = await Promise.all([load(), loadPages()])
    return loaded
  }
}

function loadPages(): Promise<void> {
  whole = true
  everyPage ??= activate(wanted).catch((error: unknown) => {
    everyPage = null // the next page tries again
    throw error
  })
  return everyPage
}
