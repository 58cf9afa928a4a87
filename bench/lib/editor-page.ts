import { readFileSync } from 'node:fs'
import type { BrowserContext, CDPSession, Page } from '@playwright/test'

export interface Opened {
  /** From the navigation until a typed character was shown, in ms. */
  typedMs: number
  /** From the navigation until the first completion was shown; null when it was not asked for. */
  completedMs: number | null
}

/** Where a page has its editor, as CSS selectors. */
export interface Places {
  line: string
  textbox: string
}

export const MONACO: Places = { line: '.monaco-editor .view-line', textbox: '.monaco-editor [role=textbox]' }
export const CODEMIRROR: Places = { line: '.cm-line', textbox: '.cm-content' }
const ROW = '.suggest-widget.visible .monaco-list-row'
/** A list of completions that has not come by then counts as so many ms. */
const NO_LIST_MS = 2_000

/**
 * Opens a page with an editor and types into it as soon as it takes the focus. Times are the page's own, looked at in
 * every frame: Playwright's waiting would add its pauses.
 */
export async function openAndType(
  context: BrowserContext,
  url: string,
  places: Places,
  completes: boolean,
): Promise<Opened> {
  const page = await context.newPage()
  await page.goto(url, { waitUntil: 'commit' })
  await page.evaluate(
    ({ line, textbox }) =>
      new Promise<void>((resolve) => {
        const look = () => {
          const shown = document.querySelector(line)?.textContent?.includes('export')
          const box = shown ? document.querySelector<HTMLElement>(textbox) : null
          box?.focus()
          if (box && document.activeElement === box) resolve()
          else requestAnimationFrame(look)
        }
        look()
      }),
    places,
  )
  const typed = await whenShown(page, places.line, 'Qexport')
  await page.keyboard.press('Q')
  const typedMs = await typed()
  if (!completes) return { typedMs, completedMs: null }
  await page.keyboard.press('Backspace')
  const completed = await whenShown(page, ROW, '')
  await page.keyboard.type('JSON.')
  return { typedMs, completedMs: await completed() }
}

/** Begins to look, in every frame, for the first element of a kind with a text in it; the result waits for its time since the navigation. */
async function whenShown(page: Page, selector: string, text: string): Promise<() => Promise<number>> {
  const found = await page.evaluateHandle(
    ({ selector, text }) => {
      const found = { at: 0 }
      const look = (now: number) => {
        if (document.querySelector(selector)?.textContent?.includes(text)) found.at = now
        else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
      return found
    },
    { selector, text },
  )
  return async () => {
    await page.waitForFunction(({ at }) => at > 0, found, { timeout: 60_000 })
    return (await found.jsonValue()).at
  }
}

/**
 * Types a text in a line of its own at the end and measures how long its last key takes until Monaco's list of
 * completions is shown, from the key's event until the frame that has the list. What the keys before it asked for is
 * given up first.
 */
export async function completionMs(page: Page, text: string): Promise<number> {
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.press('Enter')
  await page.keyboard.type(text.slice(0, -1), { delay: 30 })
  // Another line ends a list, and also one that has not come yet.
  await page.keyboard.press('ControlOrMeta+Home')
  await page.keyboard.press('ControlOrMeta+End')
  await page.waitForFunction((row) => !document.querySelector(row), ROW)
  const shown = await page.evaluateHandle(
    ({ row, most }) => {
      const shown = { ms: 0 }
      const onKey = ({ timeStamp }: KeyboardEvent) => {
        const look = (now: number) => {
          if (document.querySelector(row) || now - timeStamp > most)
            shown.ms = Math.max(1, Math.min(now - timeStamp, most))
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      }
      addEventListener('keydown', onKey, { capture: true, once: true })
      return shown
    },
    { row: ROW, most: NO_LIST_MS },
  )
  await page.keyboard.press(text.at(-1)!)
  await page.waitForFunction(({ ms }) => ms > 0, shown)
  const { ms } = await shown.jsonValue()
  await page.keyboard.press('Escape')
  await page.keyboard.press('ControlOrMeta+Shift+K') // the line goes
  return ms
}

/**
 * Times from a key's event to the paint that follows it, by the browser's Event Timing: in steps of 8 ms, and 16 for
 * all that were faster.
 */
export async function keysToPaint(page: Page, keys: number): Promise<number[]> {
  const slow = await page.evaluateHandle(() => {
    const found: number[] = []
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) if (name === 'keydown') found.push(duration)
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
    return found
  })
  for (let i = 0; i < keys; i++) {
    await page.keyboard.press('abcdefgh '[i % 9]!)
    await page.waitForTimeout(40)
  }
  await page.waitForTimeout(1_000) // entries come a while after their paint
  const found = await slow.jsonValue()
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
