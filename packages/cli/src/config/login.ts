import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { UsageError } from '../usage-error.ts'

/** Where a Lathe is, and the token to call it with. */
export interface Login {
  url: string
  token: string
}

const file = join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'lathe', 'login.json')

/** `LATHE_URL` and `LATHE_TOKEN` (for CI) before what `lathe login` has kept. */
export async function readLogin(): Promise<Login> {
  const { LATHE_URL, LATHE_TOKEN } = process.env
  const kept = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as Login)
    .catch(() => null)
  const url = LATHE_URL ?? kept?.url
  const token = LATHE_TOKEN ?? (kept && kept.url === url ? kept.token : undefined)
  if (!url || !token) throw new UsageError('Run `lathe login`, or set LATHE_URL and LATHE_TOKEN.')
  return { url: addressOf(url), token }
}

/** @throws UsageError for what is no address of a console */
export function addressOf(text: string): string {
  const url = text.replace(/\/+$/, '')
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return url
  throw new UsageError(`${text} is no address, e.g. http://localhost:8000`)
}

/** Kept for this user alone. */
export async function keepLogin(login: Login): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  // A file that is there keeps its mode: this one is never readable by others, not for a moment.
  await rm(file, { force: true })
  await writeFile(file, JSON.stringify(login, null, 2), { mode: 0o600, flag: 'wx' })
  return file
}
