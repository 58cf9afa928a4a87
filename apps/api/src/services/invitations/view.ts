import type { InvitationState, InvitationView } from '@lathe/shared'
import type { InvitationDoc } from '../../mongo/documents.ts'

export function stateOf({ status, expiresAt }: InvitationDoc): InvitationState {
  if (status === 'accepting') return 'accepted'
  return status === 'pending' && expiresAt <= new Date() ? 'expired' : status
}

export function invitationView(doc: InvitationDoc): InvitationView {
  return {
    id: doc._id,
    email: doc.email,
    role: doc.role,
    state: stateOf(doc),
    invitedBy: doc.invitedBy,
    createdAt: doc.createdAt.toISOString(),
    expiresAt: doc.expiresAt.toISOString(),
  }
}
