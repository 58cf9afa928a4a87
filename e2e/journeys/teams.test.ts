import { Console } from '../fixtures/console.ts'
import { expect, test } from '../fixtures/test.ts'

test('a team is made, a newcomer joins by the link, is given a role, and is removed', async ({
  lathe: own,
  browser,
}) => {
  const { page, url } = own
  await page.goto(`${url}/apps`)
  await page.getByRole('button', { name: /^Team: / }).click()
  await page.getByRole('menuitem', { name: 'New team' }).click()
  await page.getByRole('textbox', { name: 'Team name' }).fill('Crew 船員')
  await page.getByRole('button', { name: 'Create team' }).click()
  await expect(page.getByRole('heading', { name: 'Crew 船員' })).toBeVisible()

  await page.getByRole('button', { name: 'Invite' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Email' }).fill('nora@example.com')
  await dialog.getByRole('combobox', { name: 'Role' }).selectOption('Viewer')
  await dialog.getByRole('button', { name: 'Send invitation' }).click()
  const link = await dialog.getByRole('status').getByText('/invitation?token=').textContent()
  await dialog.getByRole('button', { name: 'Close' }).first().click()
  await expect(page.getByText('nora@example.com')).toBeVisible()

  const context = await browser.newContext()
  const nora = new Console(await context.newPage(), url)
  await nora.page.goto(link!)
  await expect(nora.page.getByRole('heading', { name: 'Join Crew 船員' })).toBeVisible()
  await nora.page.getByRole('textbox', { name: 'Name' }).fill('Nora')
  await nora.page.getByRole('textbox', { name: 'Password' }).fill('a good password')
  await nora.page.getByRole('button', { name: 'Create account and join' }).click()
  await expect(nora.page.getByRole('button', { name: 'Team: Crew 船員' })).toBeVisible()
  await expect(nora.button('New app')).toHaveCount(0)

  await page.reload()
  await page.getByRole('combobox', { name: 'Role of Nora' }).selectOption('Developer')
  await expect(page.getByRole('combobox', { name: 'Role of Nora' })).toBeEnabled()
  await nora.page.reload()
  await expect(nora.button('New app').first()).toBeVisible()

  await page.getByRole('button', { name: 'Remove Nora' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(page.getByText('Nora', { exact: true })).toHaveCount(0)
  await nora.page.reload()
  await expect(nora.page.getByRole('button', { name: 'Team: Nora' })).toBeVisible()
  await nora.page.goto(link!)
  await expect(nora.page.getByRole('heading', { name: 'This invitation cannot be used' })).toBeVisible()
  await context.close()
})

test('a team’s token is made with a scope and a time, shown once, and revoked; a team goes by its name', async ({
  lathe: own,
}) => {
  const { page, url } = own
  await page.goto(`${url}/team/members`)
  await page.getByRole('button', { name: /^Team: / }).click()
  await page.getByRole('menuitem', { name: 'New team' }).click()
  const making = page.getByRole('dialog', { name: 'New team' })
  await making.getByRole('textbox', { name: 'Team name' }).fill('Short-lived')
  await making.getByRole('button', { name: 'Create team' }).click()
  await page.getByRole('link', { name: 'Tokens' }).click()
  await page.getByRole('textbox', { name: 'Token name' }).fill('ci')
  await page.getByRole('combobox', { name: 'May' }).selectOption('read')
  await page.getByRole('button', { name: 'Create token' }).click()
  const token = await page
    .getByRole('status')
    .getByText(/^lathe_/)
    .textContent()
  const teams = await page.request.get(`${url}/trpc/teams.list`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect((await teams.json()).result.data).toMatchObject([{ name: 'Short-lived' }])
  await page.getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByRole('button', { name: 'Revoke' })).toHaveCount(0)
  const after = await page.request.get(`${url}/trpc/teams.list`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(after.status()).toBe(401)

  await page.getByRole('link', { name: 'Members' }).click()
  await page.getByRole('button', { name: 'Delete team' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('0 apps')
  await expect(dialog.getByRole('button', { name: 'Delete team' })).toBeDisabled()
  await dialog.getByRole('textbox', { name: 'Team name' }).fill('Short-lived')
  await dialog.getByRole('button', { name: 'Delete team' }).click()
  await expect(page.getByRole('heading', { name: 'owner' })).toBeVisible()
})
