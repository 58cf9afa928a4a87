import { queryClient } from './trpc.ts'

/** What else shows something of what was changed. */
const shownBy: Record<string, string[]> = {
  functions: ['functions', 'revisions', 'apps', 'triggers'],
  revisions: ['functions', 'revisions', 'apps'],
  dependencies: ['dependencies', 'apps'],
}
/** One's own text is kept by the editor: it asks for a function where its counts say that it is old. */
const KEPT = new Set(['functions.get', 'functions.sources'])

/** Asks again for what a page shows of an app, after somebody changed something of these kinds. */
export function refreshChanged(appid: string, kinds: string[]): void {
  if (kinds.length === 0) return
  const affected = new Set(kinds.flatMap((kind) => shownBy[kind] ?? [kind]))
  void queryClient.invalidateQueries({
    predicate: ({ queryKey }) => {
      const [path, options] = queryKey
      // The list of a function's revisions has a key of its own.
      if (path === 'revisions') return options === appid && (affected.has(path) || affected.has('*'))
      if (!Array.isArray(path) || KEPT.has(path.join('.'))) return false
      const input = (options as { input?: { appid?: unknown } } | undefined)?.input
      return input?.appid === appid && (affected.has('*') || affected.has(String(path[0])))
    },
  })
}
