import type { PastRun } from '@lathe/shared'
import type { EnvVariable } from './documents.ts'

/** One run of one person, to be sent again. */
export interface RunDoc {
  /** An ObjectId in hex: order of arrival. */
  _id: string
  appid: string
  userId: string
  functionName: string
  what: PastRun['what']
  status: number | null
  reason: PastRun['reason']
  durationMs: number | null
  /** Sealed: bodies and queries hold secrets as headers do. */
  request: string
  bodyLeftOut: boolean
  at: Date
  expiresAt: Date
}

/** Variables that requests of an app may refer to, all in one record: every change of them is one atomic step. */
export interface VariableSetDoc {
  /** An ObjectId in hex. */
  _id: string
  appid: string
  name: string
  /** Counts changes. */
  version: number
  variables: EnvVariable[]
  updatedAt: Date
  updatedBy: string
}
