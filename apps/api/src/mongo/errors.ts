import { MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb'

/** A unique index refused the write. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11000
}

/** The database went away: whether the operation was done is not known. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof MongoNetworkError || error instanceof MongoServerSelectionError
}

/**
 * Runs an operation that may be repeated, again when the connection was lost under it; each attempt waits for the
 * database to come back as long as the driver's server selection does.
 */
export async function repeatable<T>(operation: () => Promise<T>, attempts = 3): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation()
    } catch (error) {
      if (attempt >= attempts || !isConnectionLost(error)) throw error
    }
  }
}
