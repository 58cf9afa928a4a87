import type { Runtime } from 'node:inspector'
import type { DebugProperty, DebugValue } from '@lathe/shared'

const TEXT_CHARS = 10_000
/** Of a collection so many elements are shown; the rest is counted. */
export const SHOWN_PROPERTIES = 1_000

/** V8 says more of an object than is a program's business: the scopes that a function closes over are Lathe's, too. */
const INTERNALS = new Set([
  '[[Prototype]]',
  '[[Entries]]',
  '[[PromiseState]]',
  '[[PromiseResult]]',
  '[[Target]]',
  '[[Handler]]',
  '[[PrimitiveValue]]',
  '[[WeakRefTarget]]',
])

export function debugValue(remote: Runtime.RemoteObject, mapText: (text: string) => string): DebugValue {
  return {
    type: remote.type,
    ...(remote.subtype ? { subtype: remote.subtype } : {}),
    text: cut(mapText(textOf(remote))),
    ...(remote.objectId && remote.type !== 'symbol' ? { objectId: remote.objectId } : {}),
  }
}

/** How many elements an array or typed array says that it has. */
export function lengthOf({ subtype, description }: Runtime.RemoteObject): number {
  if (subtype !== 'array' && subtype !== 'typedarray') return 0
  return Number(/\((\d+)\)$/.exec(description ?? '')?.[1] ?? 0)
}

export function debugProperties(
  { result, internalProperties = [], privateProperties = [] }: Properties,
  value: (remote: Runtime.RemoteObject) => DebugValue,
): DebugProperty[] {
  const own = [...result, ...privateProperties].map(
    ({ name, value: remote }): DebugProperty => ({
      name: cut(name, 1_000),
      value: remote ? value(remote) : null,
      kind: 'own',
    }),
  )
  const internal = internalProperties.flatMap(({ name, value: remote }): DebugProperty[] =>
    INTERNALS.has(name) && remote ? [{ name, value: value(remote), kind: 'internal' }] : [],
  )
  return [...own, ...internal]
}

export interface Properties {
  result: Runtime.PropertyDescriptor[]
  internalProperties?: Runtime.InternalPropertyDescriptor[]
  privateProperties?: { name: string; value?: Runtime.RemoteObject }[]
}

function textOf(remote: Runtime.RemoteObject): string {
  const { type, subtype, value, unserializableValue, description = '', preview } = remote
  if (subtype === 'null') return 'null'
  if (type === 'undefined') return 'undefined'
  if (type === 'string') return JSON.stringify(value)
  if (type === 'function') return `ƒ ${description.split('\n', 1)[0]?.slice(0, 200)}`
  if (unserializableValue !== undefined) return unserializableValue
  if (type !== 'object') return description || String(value)
  if (subtype === 'error') return withoutOurs(description)
  if (!preview || subtype === 'date' || subtype === 'regexp') return description
  return previewText(preview)
}

/** Frames of Node's, of the evaluation itself and of this bundle say nothing to the app's developer. */
function withoutOurs(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => !/^\s+at .*(\(|at )(node:|file:|eval )/.test(line))
    .join('\n')
}

function previewText({ subtype, description = '', properties, entries, overflow }: Runtime.ObjectPreview) {
  const isArray = subtype === 'array' || subtype === 'typedarray'
  const parts = entries
    ? entries.map(({ key, value }) => (key ? `${nested(key)} => ${nested(value)}` : nested(value)))
    : properties.map(({ name, ...property }) => {
        const text = propertyText(property)
        return isArray && /^\d+$/.test(name) ? text : `${name}: ${text}`
      })
  const inner = [...parts, ...(overflow ? ['…'] : [])].join(', ')
  const name = description === 'Object' || /^Array\(\d+\)$/.test(description) ? '' : `${description} `
  return isArray ? `${name}[${inner}]` : `${name}{${inner}}`
}

function nested(preview: Runtime.ObjectPreview): string {
  return preview.type === 'string'
    ? JSON.stringify(preview.description)
    : (preview.description ?? preview.type)
}

function propertyText({ type, value = '', subtype }: Omit<Runtime.PropertyPreview, 'name'>): string {
  if (type === 'string') return JSON.stringify(value)
  if (type === 'accessor') return '(…)'
  if (type === 'function') return 'ƒ'
  return type === 'object' && subtype !== 'null' && value === 'Object' ? '{…}' : value
}

function cut(text: string, chars = TEXT_CHARS): string {
  const over = text.length - chars
  return over > 0 ? `${text.slice(0, chars)}… (${over} more characters)` : text
}
