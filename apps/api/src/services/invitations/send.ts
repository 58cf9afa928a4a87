import type { GivenRole, InvitationSent, InvitationView, teamInputs } from '@lathe/shared'
import { ObjectId } from 'mongodb'
import type { z } from 'zod'
import { randomToken, sha256 } from '../../hash.ts'
import type { InvitationDoc } from '../../mongo/account-documents.ts'
import { notFound, Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { teamDocOf, teamOf } from '../teams/scope.ts'
import { invitersOf } from './inviters.ts'
import { invitationView } from './view.ts'

const LIFETIME_MS = 7 * 24 * 3600_000
const MAX_PENDING = 500
/** One that stays `accepting` was broken off by a crash. */
const open: InvitationDoc['status'][] = ['pending', 'declined', 'accepting']

/** The team's invitations that are not over by being accepted, the newest first. */
export async function listInvitations(request: SignedRequest): Promise<InvitationView[]> {
  const found = await request.context.mongo.invitations
    .find({ organizationId: teamOf(request), status: { $in: open } })
    .sort({ _id: -1 })
    .limit(MAX_PENDING)
    .toArray()
  const mayInvite = await invitersOf(request.context, teamOf(request), found)
  return found.map((doc) => invitationView(doc, mayInvite(doc)))
}

/** Invites an address. An earlier invitation of the same address is replaced: its link is worth nothing any more. */
export async function createInvitation(
  request: SignedRequest,
  { email, role }: z.infer<typeof teamInputs.invite>,
): Promise<InvitationSent> {
  const { mongo } = request.context
  const teamId = teamOf(request)
  const user = await mongo.users.findOne({ email })
  if (user && (await mongo.members.findOne({ userId: user._id, organizationId: teamId }))) {
    throw new Refusal('NAME_TAKEN', `${email} is a member already.`, { name: email })
  }
  const pending = { organizationId: teamId, status: 'pending' } as const
  if ((await mongo.invitations.countDocuments(pending, { limit: MAX_PENDING })) >= MAX_PENDING) {
    throw new Refusal('LIMIT_REACHED', `A team can have ${MAX_PENDING} open invitations.`, {
      limit: MAX_PENDING,
    })
  }
  await mongo.invitations.updateMany({ ...pending, email }, { $set: { status: 'revoked' } })
  return sendAnew(request, new ObjectId().toHexString(), { email, role, createdAt: new Date() })
}

/** A new link with a new expiry, for one that is open, has expired or was declined; the old link is worth nothing. */
export async function resendInvitation(
  request: SignedRequest,
  { id }: z.infer<typeof teamInputs.invitation>,
): Promise<InvitationSent> {
  const found = await request.context.mongo.invitations.findOne({
    _id: id,
    organizationId: teamOf(request),
    status: { $in: open },
  })
  if (!found) throw notFound('invitation', id)
  return sendAnew(request, id, found)
}

export async function revokeInvitation(
  request: SignedRequest,
  { id }: z.infer<typeof teamInputs.invitation>,
): Promise<{ id: string }> {
  const { matchedCount } = await request.context.mongo.invitations.updateOne(
    { _id: id, organizationId: teamOf(request), status: { $in: open } },
    { $set: { status: 'revoked' } },
  )
  if (matchedCount === 0) throw notFound('invitation', id)
  return { id }
}

async function sendAnew(
  request: SignedRequest,
  id: string,
  { email, role, createdAt }: { email: string; role: GivenRole; createdAt: Date },
): Promise<InvitationSent> {
  const { context, caller } = request
  const team = await teamDocOf(request)
  const token = randomToken()
  const doc: InvitationDoc = {
    _id: id,
    organizationId: team._id,
    email,
    role,
    status: 'pending',
    tokenHash: sha256(token),
    mailed: context.mailer.isReady,
    userId: null,
    inviterId: caller.userId,
    invitedBy: caller.name,
    createdAt,
    expiresAt: new Date(Date.now() + LIFETIME_MS),
  }
  await context.mongo.invitations.replaceOne({ _id: id }, doc, { upsert: true })
  const link = `${context.env.LATHE_CONSOLE_URL}/invitation?token=${token}`
  if (doc.mailed) {
    await context.mailer.send({
      to: email,
      subject: `${caller.name} invites you to ${team.name} on Lathe`,
      text: `${caller.name} invites you to join the team ${team.name} as ${role}.\n\n${link}\n\nThe link works once, until ${doc.expiresAt.toUTCString()}. If you do not know what this is about, ignore it.\n`,
    })
  }
  // Whoever can read the mailbox gets the link, and nobody else: it is what proves whose the address is.
  return { invitation: invitationView(doc, true), link: doc.mailed ? null : link }
}
