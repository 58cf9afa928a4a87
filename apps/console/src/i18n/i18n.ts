import { en } from './en.ts'

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

let catalog: Catalog = en
let locale: Locale = 'en'
let plurals = new Intl.PluralRules('en')

/** The message in the active language with its values in place. */
export function t<K extends MessageId>(id: K, ...[values]: Values<K>): string {
  return fill(catalog[id], values ?? {})
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

function pseudo(real: Catalog): Catalog {
  return Object.fromEntries(Object.entries(real).map(([id, text]) => [id, `⟦${text}⟧`])) as Catalog
}

function number(value: number): string {
  return value.toLocaleString(locale)
}

export function activeLocale(): Locale {
  return locale
}

/** Makes `next` the language of every following `t`; the caller renders anew. English is always at hand. */
export async function activate(next: Locale): Promise<void> {
  catalog = next === 'zh-CN' ? (await import('./zh-cn.ts')).zhCn : en
  if (globalThis.sessionStorage?.getItem(PSEUDO)) catalog = pseudo(catalog)
  locale = next
  plurals = new Intl.PluralRules(next)
  document.documentElement.lang = next
}
