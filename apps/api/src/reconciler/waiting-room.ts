import type { AppDoc } from '../mongo/documents.ts'

/** Whoever waits for something that a step of an app's actor brings about. */
export class WaitingRoom {
  #forStep: { done: (app: AppDoc | null) => boolean; resolve: () => void }[] = []
  #forRoute: (() => void)[] = []
  #forReplacement: ((error: string | null) => void)[] = []

  /** Resolves once a step has left the app as `done` describes it (null: it is gone). */
  step(done: (app: AppDoc | null) => boolean): Promise<void> {
    return new Promise((resolve) => this.#forStep.push({ done, resolve }))
  }

  /** Resolves once gateways hold or serve what comes for the app. */
  route(): Promise<void> {
    return new Promise((resolve) => this.#forRoute.push(resolve))
  }

  /** @returns why the replacement did not work out, or null */
  replacement(): Promise<string | null> {
    return new Promise((resolve) => this.#forReplacement.push(resolve))
  }

  /** @param find reads the app; only when somebody waits */
  async tellStep(find: () => Promise<AppDoc | null>): Promise<void> {
    if (this.#forStep.length === 0) return
    const app = await find()
    this.#forStep = this.#forStep.filter(({ done, resolve }) => {
      const over = done(app)
      if (over) resolve()
      return !over
    })
  }

  tellRoute(): void {
    for (const tell of this.#forRoute.splice(0)) tell()
  }

  tellReplacement(error: string | null): void {
    for (const tell of this.#forReplacement.splice(0)) tell(error)
  }
}
