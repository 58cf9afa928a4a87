import type { GivenRole, TokenScope } from '@lathe/shared'

/** Wrong guesses of one secret, or from one address. */
export interface GuessDoc {
  _id: string
  count: number
  expiresAt: Date
}

/** Which account is in which team. */
export interface MemberDoc {
  _id: string
  organizationId: string
  userId: string
  role: string
  createdAt: Date
}

/** A team. */
export interface OrganizationDoc {
  _id: string
  name: string
  slug: string
  /**
   * Whose ownership counts: those who may take ownership away, and of whom one has to stay. In one document, so that taking
   * one out is one atomic step. Teams from before have none until somebody takes or gives an ownership.
   */
  owners?: string[]
  createdAt: Date
}

/** An invitation into a team, for one address. */
export interface InvitationDoc {
  _id: string
  organizationId: string
  /** In lower case. */
  email: string
  role: GivenRole
  /** `accepting`: claimed by `userId`, whose membership is being written. */
  status: 'pending' | 'accepting' | 'accepted' | 'declined' | 'revoked'
  /** SHA-256 of what stands in the link. */
  tokenHash: string
  /** Whose word it is: an account, or a team's token. Those made before this was kept have none. */
  inviterId?: string
  /** Whether the link went to the address by e-mail, so that whoever has it has the mailbox. */
  mailed: boolean
  userId: string | null
  invitedBy: string
  createdAt: Date
  expiresAt: Date
}

export interface UserDoc {
  _id: string
  email: string
  name: string
  emailVerified?: boolean
  twoFactorEnabled?: boolean
}

/** A browser that is signed in; better-auth's. */
export interface SessionDoc {
  _id: string
  userId: string
  userAgent?: string | null
  ipAddress?: string | null
  createdAt: Date
  updatedAt: Date
  expiresAt: Date
}

/** better-auth's; `lastStep` is ours. */
export interface TwoFactorDoc {
  _id: string
  userId: string
  /** Sealed. */
  secret: string
  /** Of the last code that was used: how many times 30 s after 1970. */
  lastStep?: number
}

/** better-auth's. */
export interface PasskeyDoc {
  _id: string
  userId: string
  name?: string | null
  createdAt?: Date
}

/** A bearer token. */
export interface ApiKeyDoc {
  _id: string
  /** SHA-256 of the token, base64url. */
  key: string
  name: string | null
  /** Its first characters, to recognise it by. */
  start: string | null
  /** Whose it is: an account, or, where `teamId` is set, that team. */
  referenceId: string
  teamId?: string | null
  /** Those made before there were scopes have none, and may do everything. */
  scope?: TokenScope
  /** The only apps that it may touch; null = all. */
  apps?: string[] | null
  /** Name, for people. */
  createdBy?: string
  enabled: boolean
  expiresAt: Date | null
  lastRequest: Date | null
  createdAt: Date
}
