import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { totp } from '../../apps/api/test/support/totp.ts'
import { Console } from '../fixtures/console.ts'
import { expect, test } from '../fixtures/test.ts'

const password = 'a good password'

/** An authenticator of the browser's own, with a finger that is always right (WebDriver's virtual authenticator). */
async function withAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

async function noSeriousViolation(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(
    serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
    what,
  ).toEqual([])
}

/** Somebody who came by invitation, in a browser of his own. */
async function newcomer(lathe: Console, page: Page): Promise<{ person: Console; email: string }> {
  const email = 'pia@example.com'
  const link = await lathe.page.evaluate(async (address) => {
    const call = async (name: string, input?: unknown) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' } }
      const response = await fetch(
        `/trpc/${name}`,
        input ? { ...init, body: JSON.stringify(input) } : undefined,
      )
      return (await response.json()).result.data
    }
    const [team] = await call('teams.list')
    return (await call('invitations.create', { teamId: team.id, email: address, role: 'viewer' })).link
  }, email)
  const person = new Console(page, lathe.url)
  await page.goto(link)
  await page.getByRole('textbox', { name: 'Name' }).fill('Pia')
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Create account and join' }).click()
  await expect(page).toHaveURL(/\/apps$/)
  return { person, email }
}

async function signOut({ page, url }: Console): Promise<void> {
  await page.goto(`${url}/account`)
  await page.getByRole('button', { name: 'Sign out', exact: true }).first().click()
  await expect(page).toHaveURL(/\/sign-in/)
}

test('an account gets a second factor and a passkey, signs in by each, and sees where it is signed in', async ({
  lathe,
  browser,
}) => {
  test.slow()
  const context = await browser.newContext({ colorScheme: 'dark' })
  const { person, email } = await newcomer(lathe, await context.newPage())
  const { page, url } = person
  const dialog = page.getByRole('dialog')

  await page.goto(`${url}/account`)
  await page.getByRole('button', { name: 'Set up an authenticator app' }).click()
  await dialog.getByRole('textbox', { name: 'Current password' }).fill('wrong')
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await expect(dialog.getByRole('alert')).toHaveText('The password is wrong.')
  await dialog.getByRole('textbox', { name: 'Current password' }).fill(password)
  await dialog.getByRole('button', { name: 'Continue' }).click()
  const qrCode = dialog.getByRole('img', { name: 'QR code for your authenticator app' })
  // Cameras read black on white: in the dark theme too.
  await expect(qrCode).toHaveCSS('background-color', 'rgb(255, 255, 255)')
  await noSeriousViolation(page, 'setting up an authenticator app')
  const uri = `otpauth://totp/x?secret=${await dialog.locator('code').textContent()}`
  await dialog.getByRole('textbox', { name: 'Code' }).fill(totp(uri))
  await dialog.getByRole('button', { name: 'Continue' }).click()
  const codes = dialog.getByRole('list', { name: 'Backup codes' }).getByRole('listitem')
  await expect(codes).toHaveCount(10)
  const backupCode = (await codes.first().textContent())!
  await dialog.getByRole('button', { name: 'I have kept them' }).click()
  await expect(page.getByText('Two-factor sign-in is on')).toBeVisible()

  await signOut(person)
  await noSeriousViolation(page, 'the sign-in page')
  await page.getByRole('textbox', { name: 'Email' }).fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Second factor' })).toBeVisible()
  await noSeriousViolation(page, 'the second factor')
  await page.getByRole('button', { name: 'Use a backup code' }).click()
  await page.getByRole('textbox', { name: 'Backup code' }).fill('wrong-wrong')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('alert')).toHaveText('The code is wrong.')
  await page.getByRole('textbox', { name: 'Backup code' }).fill(backupCode)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page).toHaveURL(/\/apps$/)

  await withAuthenticator(page)
  await page.goto(`${url}/account`)
  await page.getByRole('textbox', { name: 'Passkey name' }).fill('laptop')
  await page.getByRole('button', { name: 'Add passkey' }).click()
  const passkeys = page.getByRole('list', { name: 'Passkeys' })
  await expect(passkeys).toContainText('laptop')
  await noSeriousViolation(page, 'the account page')

  await signOut(person)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page).toHaveURL(/\/apps$/)

  await page.goto(`${url}/account`)
  const sessions = page.getByRole('list', { name: 'Sessions' })
  await expect(sessions).toContainText('this browser')
  await passkeys.getByRole('button', { name: 'Rename' }).click()
  await passkeys.getByRole('textbox', { name: 'Passkey name' }).fill('old laptop')
  await passkeys.getByRole('button', { name: 'Save' }).click()
  await expect(passkeys).toContainText('old laptop')
  await passkeys.getByRole('button', { name: 'Remove' }).click()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await expect(passkeys).toHaveCount(0)
  await context.close()
})

test('who has forgotten the password is told what to do, and where there are too many guesses, when to go on', async ({
  browser,
  server,
}) => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${server.url}/sign-in`)
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await expect(page.getByText('npm run account -- reset-link')).toBeVisible()
  await noSeriousViolation(page, 'resetting the password')

  const statuses = await page.evaluate(async () => {
    const guess = () =>
      fetch('/api/auth/sign-in/email', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'guessed@example.com', password: 'wrong' }),
      }).then(({ status }) => status)
    return Promise.all(Array.from({ length: 20 }, guess))
  })
  expect(new Set(statuses)).toEqual(new Set([401]))
  await page.goto(`${server.url}/sign-in`)
  await page.getByRole('textbox', { name: 'Email' }).fill('guessed@example.com')
  await page.getByRole('textbox', { name: 'Password' }).fill('wrong')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('alert').first()).toContainText(/Try again in \d+ minutes/)
  await context.close()
})
