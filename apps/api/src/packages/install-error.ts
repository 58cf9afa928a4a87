import type { InstallFailure } from '@lathe/shared'

/** Why a change of an app's packages did not happen. `message` is fit for the person who asked for it. */
export class InstallError extends Error {
  readonly failure: InstallFailure

  constructor(failure: InstallFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'InstallError'
    this.failure = failure
  }
}
