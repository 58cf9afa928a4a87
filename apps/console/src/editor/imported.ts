import { functionQuery, functionsQuery } from '../data/functions.ts'
import { queryClient } from '../data/trpc.ts'
import { importedFunctions } from './language/imports.ts'
import { ensureModel, nameOf, openFunctions } from './models.ts'
import { monaco } from './monaco.ts'

/**
 * The functions that an open one imports are loaded as models too, drafts included, so that the language service
 * resolves `@/util`. Only what is reached is fetched: an app of 500 functions costs no more than its open tabs.
 */
const REST_MS = 400

export function followImports(appid: string): () => void {
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const follow = async (name: string, source: string) => {
    const wanted = importedFunctions(name, source)
    if (wanted.length === 0) return
    const list = await queryClient.ensureQueryData(functionsQuery(appid))
    const missing = wanted.filter((one) => list.some((fn) => fn.name === one) && !isModel(one))
    await Promise.all(
      missing.map(async (one) => {
        const view = await queryClient.ensureQueryData(functionQuery(appid, one))
        if (!isModel(one)) ensureModel(view)
      }),
    )
  }
  const watch = (model: ReturnType<typeof monaco.editor.createModel>) => {
    const name = nameOf(model.uri)
    if (!name) return
    const look = () => {
      if (!model.isDisposed()) follow(name, model.getValue()).catch(() => {}) // Offline: the next edit tries again.
    }
    look()
    model.onDidChangeContent(() => {
      clearTimeout(timers.get(name))
      timers.set(name, setTimeout(look, REST_MS))
    })
  }
  for (const { model } of openFunctions()) watch(model)
  const created = monaco.editor.onDidCreateModel(watch)
  return () => {
    created.dispose()
    for (const timer of timers.values()) clearTimeout(timer)
  }
}

function isModel(name: string): boolean {
  return openFunctions().some((fn) => fn.name === name)
}
