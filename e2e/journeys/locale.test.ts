import type { Page } from '@playwright/test'
import { drafted } from '../fixtures/published.ts'
import { expect, test } from '../fixtures/test.ts'

/** What is a person's own, a name of something, or a sign of a key: no message. */
const NO_MESSAGE = [
  /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/,
  /^(?:Lathe|TS|JSON|UTC|Ctrl|Cmd|Shift|Alt|Enter|Esc|Delete|F\d+|[A-Z])$/,
  /^(?:English|简体中文)$/,
  /^https?:\/\//,
  /^Mozilla\//, // a browser, as it names itself
  /^[\w-]+=[\w&=-]+$/, // an example of a query
  /^(?:Ctrl|⌘) [A-Z]$/,
  /^[\w.-]+:\d+(?:\/[\w/-]*)?$/, // hosts and addresses
  /\d{1,2}:\d{2}/, // times and dates, as the browser writes them
  /^[\w.-]+@[\w.-]+$/,
  /^(?:bwrap|permission|docker|swarm)(?: \+ \w+)*$/, // kinds of isolation
  /^[\w-]+(?:\/[\w-]+)*(?:\.ts)?$/, // names of functions, of apps, ids
  /^\d[\d.,]*\s?(?:ms|s|B|kB|MB|GB)?$/,
]

/** What was called and on what, in the audit log; elsewhere such a text is the id of a missing message. */
const OF_AUDIT = [/^\w+\.\w+$/, /^[\w/.@-]+(?: · [\w/.@-]+)+$/]

/** Texts, names and placeholders of the page that come from no catalog; Monaco's own are another matter. */
function strangers(page: Page, pseudo: boolean): Promise<string[]> {
  return page.evaluate((isPseudo) => {
    const seen = new Set<string>()
    const visible = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true }) &&
      !element.closest(
        // A <time> holds what the browser's own Intl wrote.
        '.monaco-editor, .monaco-diff-editor, .monaco-aria-container, pre, code, style, script, time',
      )
    const take = (text: string | null | undefined, element: Element) => {
      const plain = text?.trim() ?? ''
      const fromCatalog = isPseudo
        ? (plain.startsWith('⟦') && plain.endsWith('⟧')) || element.textContent?.includes('⟦')
        : false
      if (/\p{L}{2,}/u.test(plain) && !fromCatalog) seen.add(plain)
    }
    for (const element of document.body.querySelectorAll('*')) {
      if (!visible(element)) continue
      for (const node of element.childNodes) {
        if (node.nodeType === Node.TEXT_NODE) take(node.textContent, element)
      }
      for (const attribute of ['aria-label', 'placeholder', 'title', 'alt']) {
        const value = element.getAttribute(attribute)
        if (value && !value.includes('⟦')) take(value, document.createElement('i'))
      }
    }
    return [...seen]
  }, pseudo)
}

test('every text of every page comes from the catalogs', async ({ lathe }) => {
  test.slow()
  const { page } = lathe
  const appid = await lathe.createApp('Pseudo')
  await drafted(lathe, appid, 'users/list')
  await page.addInitScript(() => sessionStorage.setItem('lathe:pseudo-locale', '1'))
  // Three hours later by the page's clock: all that happened is "3 hr. ago" and no longer "now".
  await page.clock.setFixedTime(Date.now() + 3 * 3_600_000)
  // Other journeys share the server: their apps' names stand on the cards.
  const apps = await page.evaluate(
    async () =>
      ((await (await fetch('/trpc/apps.list')).json()) as { result: { data: { name: string }[] } }).result
        .data,
  )
  const own = new Set(apps.map(({ name }) => name))
  const inApp = [
    'functions/users/list',
    'dependencies',
    'logs',
    'logs?view=history',
    'logs?view=requests',
    'metrics',
    'triggers',
    'env',
    'settings',
  ]
  const ofTeam = ['/team', '/team/members', '/team/tokens', '/team/audit', '/account']
  const pages = ['/apps', ...inApp.map((path) => `/apps/${appid}/${path}`), ...ofTeam, '/setup', '/sign-in']
  for (const path of pages) {
    await page.goto(lathe.url + path)
    await expect(page.getByRole('main')).toContainText('⟦')
    await expect(page.getByRole('progressbar')).toHaveCount(0)
    const found = await strangers(page, true)
    const noMessages = path === '/team/audit' ? [...NO_MESSAGE, ...OF_AUDIT] : NO_MESSAGE
    // All pages are looked at before any of them fails.
    expect
      .soft(
        found.filter((text) => !own.has(text) && !noMessages.some((pattern) => pattern.test(text))),
        path,
      )
      .toEqual([])
  }
})

test('in Chinese the editor speaks Chinese, Monaco’s own texts too', async ({ lathe }) => {
  const { page } = lathe
  const appid = await lathe.createApp('Chinese')
  await drafted(lathe, appid, 'hello')
  await page.goto(`${lathe.url}/account`)
  await page.getByRole('radio', { name: '简体中文' }).click()
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Account')
  await page.goto(`${lathe.url}/apps/${appid}/functions/hello`)
  await page.locator('.monaco-editor .view-line').first().click()
  await page.keyboard.press('ControlOrMeta+F')
  await expect(page.locator('.find-widget').getByPlaceholder('查找')).toBeVisible()
  // The choice is kept with the account, which other journeys use too.
  await page.goto(`${lathe.url}/account`)
  await page.getByRole('radio', { name: 'English' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Account')
  await expect
    .poll(() =>
      page.evaluate(async () => (await (await fetch('/trpc/account.preferences')).json()).result.data.locale),
    )
    .toBe('en')
})
