import type { AccountView, InvitationOffer, teamInputs } from '@lathe/shared'
import { ObjectId } from 'mongodb'
import type { z } from 'zod'
import { recordCall } from '../../audit/record.ts'
import { createAccount, hasAccount } from '../../auth/accounts.ts'
import type { Context } from '../../context.ts'
import { sha256 } from '../../hash.ts'
import type { InvitationDoc } from '../../mongo/account-documents.ts'
import { isDuplicate } from '../../mongo/errors.ts'
import { notFound, Refusal } from '../../refusal.ts'
import type { RequestContext, SignedRequest } from '../../request-context.ts'
import { invitersOf } from './inviters.ts'
import { stateOf } from './view.ts'

/** Who has claimed an invitation while his account is being made. */
const NEWCOMER = 'newcomer'

/** What an invitation offers, for whoever has its link. */
export async function lookAtInvitation(
  { context }: RequestContext,
  { token }: z.infer<typeof teamInputs.secret>,
): Promise<InvitationOffer> {
  const doc = await openInvitation(context, token)
  const team = await context.mongo.organizations.findOne({ _id: doc.organizationId })
  if (!team) throw notFound('invitation', 'with this link')
  return {
    team: team.name,
    role: doc.role,
    email: doc.email,
    invitedBy: doc.invitedBy,
    hasAccount: await hasAccount(context.auth, doc.email),
    expiresAt: doc.expiresAt.toISOString(),
  }
}

/** The caller joins the team. Only he whose address was invited can. */
export async function acceptInvitation(
  { context, caller }: SignedRequest,
  { token }: z.infer<typeof teamInputs.secret>,
): Promise<{ teamId: string }> {
  const doc = await openInvitation(context, token, caller.userId)
  if (caller.email.toLowerCase() !== doc.email) {
    throw new Refusal(
      'FORBIDDEN',
      `This invitation is for ${doc.email}, and you are signed in as ${caller.email}. Sign out, and open the link again.`,
    )
  }
  await claim(context, doc, caller.userId)
  return admit(context, doc, caller.userId)
}

/** A newcomer makes the account that the invitation is for, joins, and is signed in (session cookie). */
export async function joinByInvitation(
  request: RequestContext,
  { token, name, password }: z.infer<typeof teamInputs.join>,
): Promise<AccountView & { teamId: string }> {
  const { context, setCookies } = request
  const doc = await openInvitation(context, token)
  const { auth, mongo } = context
  const { email, role } = doc
  if (await hasAccount(auth, doc.email)) {
    throw new Refusal('NAME_TAKEN', `${doc.email} has an account: sign in to accept.`, { name: doc.email })
  }
  await claim(context, doc, NEWCOMER)
  const account = await createAccount(auth, mongo, {
    email: doc.email,
    password,
    name,
    emailVerified: doc.mailed,
  }).catch(async (error: unknown) => {
    // Nobody has got in with it: the link stays good.
    await mongo.invitations.updateOne(
      { _id: doc._id, userId: NEWCOMER },
      { $set: { status: 'pending', userId: null } },
    )
    throw error
  })
  const { teamId } = await admit(context, doc, account.id)
  const caller = { ...account, userId: account.id, token: null, sessionId: null }
  await recordCall({ ...request, caller, teamId, app: null }, 'invitations.join', { email, role }, 'ok', null)
  const { headers } = await auth.api.signInEmail({
    body: { email: account.email, password },
    headers: request.authHeaders(),
    returnHeaders: true,
  })
  setCookies(headers.getSetCookie())
  return { ...account, teamId }
}

export async function declineInvitation(
  { context }: RequestContext,
  { token }: z.infer<typeof teamInputs.secret>,
): Promise<{ declined: boolean }> {
  const { _id } = await openInvitation(context, token)
  const { modifiedCount } = await context.mongo.invitations.updateOne(
    { _id, status: 'pending' },
    { $set: { status: 'declined' } },
  )
  return { declined: modifiedCount > 0 }
}

/**
 * The invitation that a link stands for, if it can be answered still.
 * @param by who may go on with one that he has claimed, where a crash came between
 */
async function openInvitation(context: Context, token: string, by?: string): Promise<InvitationDoc> {
  const doc = await context.mongo.invitations.findOne({ tokenHash: sha256(token) })
  if (!doc) throw notFound('invitation', 'with this link')
  if (doc.status === 'accepting' && doc.userId === by) return doc
  const mayInvite = await invitersOf(context, doc.organizationId, [doc])
  const state = stateOf(doc, mayInvite(doc))
  if (state !== 'pending') throw new Refusal('INVITATION_OVER', overs[state], { state })
  return doc
}

const overs = {
  accepted: 'This invitation was used. It works once: ask for a new one.',
  declined: 'This invitation was declined. Ask for a new one.',
  revoked:
    'This invitation was taken back, or replaced by a newer one, or who sent it may invite no more. Ask for a new one.',
  expired: 'This invitation has expired. Ask for a new one.',
} as const

/** Takes the invitation for one account, in one atomic step: of all who use a link at once, one gets it. */
async function claim({ mongo }: Context, { _id, tokenHash }: InvitationDoc, userId: string): Promise<void> {
  const claimed = await mongo.invitations.findOneAndUpdate(
    {
      _id,
      tokenHash,
      $or: [
        { status: 'pending', expiresAt: { $gt: new Date() } },
        ...(userId === NEWCOMER ? [] : [{ status: 'accepting' as const, userId }]),
      ],
    },
    { $set: { status: 'accepting', userId } },
  )
  if (!claimed) throw new Refusal('INVITATION_OVER', overs.accepted, { state: 'accepted' })
}

/** Writes the membership, and closes the invitation after it. */
async function admit(
  { mongo }: Context,
  { _id, organizationId, role }: InvitationDoc,
  userId: string,
): Promise<{ teamId: string }> {
  if (!(await mongo.organizations.findOne({ _id: organizationId }))) {
    throw notFound('invitation', 'with this link')
  }
  try {
    await mongo.members.insertOne({
      _id: new ObjectId().toHexString(),
      organizationId,
      userId,
      role,
      createdAt: new Date(),
    })
  } catch (error) {
    // A member already, by another way: his role stays what it is.
    if (!isDuplicate(error)) throw error
  }
  await mongo.invitations.updateOne({ _id }, { $set: { status: 'accepted', userId } })
  return { teamId: organizationId }
}
