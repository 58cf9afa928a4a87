import type { InvitationState, InvitationView } from '@lathe/shared'
import type { InvitationDoc } from '../../mongo/account-documents.ts'

/** @param isVouched whether who sent it may still invite */
export function stateOf({ status, expiresAt }: InvitationDoc, isVouched: boolean): InvitationState {
  if (status === 'accepting') return 'accepted'
  if (status !== 'pending') return status
  if (expiresAt <= new Date()) return 'expired'
  return isVouched ? 'pending' : 'revoked'
}

export function invitationView(doc: InvitationDoc, isVouched: boolean): InvitationView {
  return {
    id: doc._id,
    email: doc.email,
    role: doc.role,
    state: stateOf(doc, isVouched),
    invitedBy: doc.invitedBy,
    createdAt: doc.createdAt.toISOString(),
    expiresAt: doc.expiresAt.toISOString(),
  }
}
