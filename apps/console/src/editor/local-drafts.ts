import { z } from 'zod'

/** Unconfirmed text, kept in this browser until the server has it. */
const schema = z.object({ source: z.string(), baseRevision: z.number(), draftVersion: z.number() })
export type LocalDraft = z.infer<typeof schema>

const keyOf = (appid: string, name: string) => `lathe:draft:${appid}/${name}`

/** When the disk's share is used up, the text lives on in memory until the tab closes. */
const memory = new Map<string, LocalDraft>()

export function keepLocalDraft(appid: string, name: string, draft: LocalDraft): void {
  memory.set(keyOf(appid, name), draft)
  try {
    localStorage.setItem(keyOf(appid, name), JSON.stringify(draft))
  } catch {
    // QuotaExceededError: see above.
  }
}

export function localDraft(appid: string, name: string): LocalDraft | null {
  const key = keyOf(appid, name)
  try {
    return schema.parse(JSON.parse(localStorage.getItem(key) ?? ''))
  } catch {
    return memory.get(key) ?? null
  }
}

export function dropLocalDraft(appid: string, name: string): void {
  memory.delete(keyOf(appid, name))
  localStorage.removeItem(keyOf(appid, name))
}
