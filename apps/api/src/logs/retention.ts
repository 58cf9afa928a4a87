import { type AppSettings, usualSettings } from '@lathe/shared'

export const DAY_MS = 24 * 3600_000

/** What one app may keep within that time; beyond it the oldest go. */
export const kept = { lines: 1_000_000, records: 200_000 } as const

type Keeping = Pick<AppSettings, 'keepLogsDays' | 'recordRequests'>

/** What apps want kept of their lines and requests, as far as it is known here: each app's runtimes bring it along. */
export class Retention {
  readonly #byApp = new Map<string, Keeping>()

  set(appid: string, { keepLogsDays, recordRequests }: Keeping): void {
    this.#byApp.set(appid, { keepLogsDays, recordRequests })
  }

  delete(appid: string): void {
    this.#byApp.delete(appid)
  }

  /** When what arrives now is removed by the database. */
  expiry(appid: string, now = Date.now()): Date {
    const { keepLogsDays } = this.#byApp.get(appid) ?? usualSettings
    return new Date(now + keepLogsDays * DAY_MS)
  }

  /** Whether the app wants what its requests carry to be kept; no, as long as nobody has said so. */
  recordsRequests(appid: string): boolean {
    return this.#byApp.get(appid)?.recordRequests ?? false
  }
}
