import type { GuessDoc } from '../mongo/account-documents.ts'
import { isDuplicate } from '../mongo/errors.ts'
import type { Mongo } from '../mongo/mongo.ts'
import { Refusal } from '../refusal.ts'

const WINDOW_MS = 15 * 60_000

/** How many wrong guesses of one kind a window takes. */
export interface GuessLimit {
  key: string
  max: number
}

/** Who guesses has to wait. */
export class TooManyGuesses extends Error {
  readonly retryAfterMs: number

  constructor(retryAfterMs: number) {
    super('too many wrong guesses')
    this.name = 'TooManyGuesses'
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Bounds how often secrets can be guessed, for all api processes and across restarts. A guess takes its place before it
 * is looked at, so that many at once are no way around; one that was right gives it back, so who knows the secret is
 * never counted. A window begins with its first guess.
 */
export class Guesses {
  #guesses: Mongo['guesses']

  constructor({ guesses }: Pick<Mongo, 'guesses'>) {
    this.#guesses = guesses
  }

  /**
   * @param isWrong whether what the attempt led to counts; an attempt that throws does not
   * @throws TooManyGuesses without an attempt
   */
  async attempt<T>(
    limits: GuessLimit[],
    attempt: () => Promise<T>,
    isWrong: (result: T) => boolean,
  ): Promise<T> {
    const taken: string[] = []
    let counts = false
    try {
      for (const limit of limits) {
        await this.#take(limit)
        taken.push(limit.key)
      }
      const result = await attempt()
      counts = isWrong(result)
      return result
    } finally {
      if (!counts && taken.length > 0) {
        await this.#guesses.updateMany({ _id: { $in: taken } }, { $inc: { count: -1 } })
      }
    }
  }

  async #take({ key, max }: GuessLimit): Promise<void> {
    const now = new Date()
    await this.#guesses.deleteOne({ _id: key, expiresAt: { $lte: now } })
    try {
      await this.#guesses.updateOne(
        { _id: key, count: { $lt: max } },
        { $inc: { count: 1 }, $setOnInsert: { expiresAt: new Date(now.getTime() + WINDOW_MS) } },
        { upsert: true },
      )
    } catch (error) {
      if (!isDuplicate(error)) throw error
      const found: GuessDoc | null = await this.#guesses.findOne({ _id: key })
      // Another guess made it, or gave its place back, just now.
      if (!found || found.count < max) return this.#take({ key, max })
      throw new TooManyGuesses(found.expiresAt.getTime() - now.getTime())
    }
  }
}

/** @throws Refusal TRY_LATER where a guess came too early */
export async function refuseTooMany<T>(attempt: Promise<T>): Promise<T> {
  try {
    return await attempt
  } catch (error) {
    if (!(error instanceof TooManyGuesses)) throw error
    const seconds = Math.max(1, Math.ceil(error.retryAfterMs / 1000))
    const minutes = Math.ceil(seconds / 60)
    throw new Refusal('TRY_LATER', `Too many attempts. Try again in ${minutes} min.`, { seconds })
  }
}
