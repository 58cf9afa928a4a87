import { readFileSync } from 'node:fs'
import type { BrowserContext, CDPSession, Page } from '@playwright/test'

export interface Opened {
  /** From the navigation until a typed character was shown, in ms. */
  typedMs: number
  /** From the navigation until the first completion was shown; null when it was not asked for. */
  completedMs: number | null
}

/** Opens a page with an editor in a context of its own and types into it. */
export async function openAndType(
  context: BrowserContext,
  url: string,
  { line, completes }: { line: string; completes: boolean },
): Promise<Opened> {
  const page = await context.newPage()
  const startedAt = performance.now()
  await page.goto(url, { waitUntil: 'commit' })
  await page.locator(line).first().click({ timeout: 60_000 })
  await page.keyboard.press('ControlOrMeta+Home')
  await page.keyboard.type('Q')
  await page.locator(line).filter({ hasText: 'Qexport' }).waitFor({ timeout: 60_000 })
  const typedMs = performance.now() - startedAt
  if (!completes) return { typedMs, completedMs: null }
  await page.keyboard.press('Backspace')
  await page.keyboard.type('JSON.')
  await page.locator('.suggest-widget .monaco-list-row').first().waitFor({ timeout: 60_000 })
  return { typedMs, completedMs: performance.now() - startedAt }
}

/**
 * Types a text and measures how long its last key takes until Monaco's list of completions is shown, in the page's own
 * time: from the key's event until the frame that has the list.
 */
export async function completionMs(page: Page, text: string): Promise<number> {
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.press('Enter')
  await page.keyboard.type(text.slice(0, -1), { delay: 30 })
  await page.keyboard.press('Escape')
  const shown = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        addEventListener(
          'keydown',
          ({ timeStamp }) => {
            const look = (now: number) => {
              const row = document.querySelector('.suggest-widget.visible .monaco-list-row')
              // A list that does not come is as bad as a second.
              if (row || now - timeStamp > 1_000) resolve(now - timeStamp)
              else requestAnimationFrame(look)
            }
            requestAnimationFrame(look)
          },
          { capture: true, once: true },
        )
      }),
  )
  await page.keyboard.type(text.slice(-1))
  const ms = await shown
  await page.keyboard.press('Escape')
  await page.keyboard.press('ControlOrMeta+Shift+K') // the line goes
  return ms
}

/**
 * Times from a key's event to the paint that follows it, by the browser's Event Timing: in steps of 8 ms, and 16 for
 * all that were faster.
 */
export async function keysToPaint(page: Page, keys: number): Promise<number[]> {
  const slow = page.evaluate(
    (count) =>
      new Promise<number[]>((resolve) => {
        const found: number[] = []
        new PerformanceObserver((list) => {
          for (const { name, duration } of list.getEntries()) if (name === 'keydown') found.push(duration)
        }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
        let seen = 0
        addEventListener(
          'keyup',
          () => {
            // Entries come a while after their paint.
            if (++seen === count) setTimeout(() => resolve(found), 1_000)
          },
          { capture: true },
        )
      }),
    keys,
  )
  for (let i = 0; i < keys; i++) {
    await page.keyboard.press('abcdefgh '[i % 9]!)
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
  const found = await slow
  return [...found, ...Array.from({ length: Math.max(0, keys - found.length) }, () => 16)]
}

/** What the page's own process holds alone and its share of the rest (PSS), in MB; its workers are threads of it. */
export async function pageMemory(browser: CDPSession): Promise<number> {
  const { processInfo } = (await browser.send('SystemInfo.getProcessInfo')) as {
    processInfo: { type: string; id: number }[]
  }
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => {
      const rollup = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8')
      return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024
    })
  return Math.max(...sizes)
}
