import type { Browser } from '@playwright/test'
import { type BenchLathe, owner } from './lathe.ts'

const AT_ONCE = 25

export const viewport = { width: 1440, height: 900 }

/** The cookies of the owner, for contexts of a browser. */
export async function signIn(browser: Browser, url: string) {
  await using context = await browser.newContext()
  const response = await context.request.post(`${url}/api/auth/sign-in/email`, {
    headers: { origin: url },
    data: owner,
  })
  if (!response.ok()) throw new Error(`sign-in failed: ${await response.text()}`)
  // Awaited here: when the block ends the context is closed, and then nothing would ever answer.
  return await context.storageState()
}

/** An app with functions of these names and sources, as drafts. */
export async function appOf(bench: BenchLathe, name: string, sources: [string, string][]): Promise<string> {
  const { appid } = await bench.createApp(name)
  for (let i = 0; i < sources.length; i += AT_ONCE) {
    const some = sources.slice(i, i + AT_ONCE)
    await Promise.all(some.map(([name, source]) => bench.call('functions.create', { appid, name, source })))
  }
  return appid
}

/** So many functions that others can import from. */
export function helpers(count: number): [string, string][] {
  return Array.from({ length: count }, (_, i) => [
    `helper${i}`,
    `export function helper${i}(n: number): number {\n  return n + ${i}\n}\n\nexport default () => helper${i}(1)\n`,
  ])
}
