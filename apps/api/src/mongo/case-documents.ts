import type { Expectation } from '@lathe/shared'

/** A saved request of a function with what is expected of its answer. */
export interface CaseDoc {
  /** An ObjectId in hex. */
  _id: string
  appid: string
  /** Its id outlives a rename. */
  functionId: string
  name: string
  /** Cases of a function stand, and run, in this order. */
  order: number
  /** JSON, sealed: it may hold credentials. */
  request: string
  expectations: Expectation[]
  createdAt: Date
  createdBy: string
  updatedAt: Date
  updatedBy: string
  /** When a deleted one cannot be brought back any more. */
  expiresAt: Date | null
}

/** A database that a run of tests has made, and has to drop: written before it, removed after it. */
export interface TestDatabaseDoc {
  /** The database's name, and its user's. */
  _id: string
  /** After that nobody uses it any more: whoever made it has died. */
  leaseUntil: Date
}
