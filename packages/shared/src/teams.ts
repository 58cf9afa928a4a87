import { z } from 'zod'
import { teamIdSchema } from './ids.ts'
import { type TeamRole, teamRoleSchema } from './permissions.ts'

/** Names of teams and people: any script, but nothing that cannot be seen or that turns the text around it. */
const visibleName = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'no control or invisible characters')
export const teamNameSchema = visibleName
export const personNameSchema = visibleName
export const passwordSchema = z.string().min(8).max(128)
export const emailSchema = z.email().max(254).toLowerCase()

/** Roles that an admin can give. Ownership is given by owners alone: `owners.add`. */
export const givenRoleSchema = teamRoleSchema.exclude(['owner'])
export type GivenRole = z.infer<typeof givenRoleSchema>

const userId = z.string().min(1).max(64)
const id = z.string().min(1).max(64)
const secret = z.string().min(1).max(128)
const team = { teamId: teamIdSchema }

/** Inputs of `teams.*`, `members.*`, `owners.*` and `invitations.*`. */
export const teamInputs = {
  team: z.object(team),
  create: z.object({ name: teamNameSchema }),
  rename: z.object({ ...team, name: teamNameSchema }),
  delete: z.object({ ...team, confirmName: z.string() }),
  membersList: z.object({
    ...team,
    /** Part of a name or an address. */
    search: z.string().trim().max(100).default(''),
    /** The previous page's `next`. */
    cursor: z.string().max(64).nullish(),
    limit: z.number().int().min(1).max(100).default(50),
  }),
  setRole: z.object({ ...team, userId, role: givenRoleSchema }),
  member: z.object({ ...team, userId }),
  ownerRemove: z.object({ ...team, userId, role: givenRoleSchema.default('admin') }),
  invite: z.object({ ...team, email: emailSchema, role: givenRoleSchema }),
  invitation: z.object({ ...team, id }),
  secret: z.object({ token: secret }),
  join: z.object({ token: secret, name: personNameSchema, password: passwordSchema }),
} as const

/** One of the caller's teams. */
export interface TeamView {
  id: string
  name: string
  role: TeamRole
  /** The team that came with the account. */
  personal: boolean
}

/** A team with what would go with it if it were deleted. */
export interface TeamDetails extends TeamView {
  counts: { apps: number; members: number; tokens: number; invitations: number }
  /** Whether invitations are sent by e-mail; else their links are shown to whoever invites. */
  mail: boolean
}

export interface MemberView {
  userId: string
  name: string
  email: string
  role: TeamRole
  joinedAt: string
}

export interface MembersPage {
  members: MemberView[]
  /** For `cursor`; null = this was the last page. */
  next: string | null
}

export const invitationStateSchema = z.enum(['pending', 'accepted', 'declined', 'revoked', 'expired'])
export type InvitationState = z.infer<typeof invitationStateSchema>

/** An invitation as those see it who may invite. */
export interface InvitationView {
  id: string
  email: string
  role: GivenRole
  state: InvitationState
  invitedBy: string
  createdAt: string
  expiresAt: string
}

/** What `invitations.create` and `resend` answer: the link is here and nowhere else, or null when it was mailed. */
export interface InvitationSent {
  invitation: InvitationView
  link: string | null
}

/** An invitation as whoever has its link sees it. */
export interface InvitationOffer {
  team: string
  role: GivenRole
  email: string
  invitedBy: string
  /** Whether the address has an account: then its owner signs in, and else makes one. */
  hasAccount: boolean
  expiresAt: string
}
