import type { FunctionContext } from '@lathe/cloud'

export type Handler = (ctx: FunctionContext, next?: unknown) => unknown

/** What a module offers to visitors. */
export interface Handlers {
  /** The default export, or `main` as in Laf's older functions. */
  main: Handler | null
  /** `default.fetch` of a web-standard app. */
  fetch: ((request: Request) => unknown) | null
  /** `GET`, `POST`, ... */
  methods: ReadonlyMap<string, Handler> | null
  /** Value of `Allow` when only method handlers exist. */
  allow: string
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** @returns null when a module is only there to be imported: it has nothing that could answer a request */
export function handlersOf(namespace: object): Handlers | null {
  const exported = namespace as Record<string, unknown>
  const main = exported.default ?? exported.main
  const methods = new Map<string, Handler>()
  for (const method of METHODS) {
    if (typeof exported[method] === 'function') methods.set(method, exported[method] as Handler)
  }
  const handlers: Handlers = {
    main: typeof main === 'function' ? (main as Handler) : null,
    fetch: fetchOf(main),
    methods: methods.size > 0 ? methods : null,
    allow: '',
  }
  if (!handlers.main && !handlers.fetch && !handlers.methods) return null
  const allowed = [...methods.keys()]
  if (methods.has('GET') && !methods.has('HEAD')) allowed.push('HEAD')
  if (!methods.has('OPTIONS')) allowed.push('OPTIONS')
  handlers.allow = allowed.join(', ')
  return handlers
}

function fetchOf(main: unknown): Handlers['fetch'] {
  if (typeof main !== 'object' || main === null) return null
  const app = main as { fetch?: unknown }
  return typeof app.fetch === 'function' ? (request) => (app.fetch as (r: Request) => unknown)(request) : null
}
