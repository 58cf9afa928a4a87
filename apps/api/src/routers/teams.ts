import { teamInputs as inputs } from '@lathe/shared'
import {
  acceptInvitation,
  declineInvitation,
  joinByInvitation,
  lookAtInvitation,
} from '../services/invitations/answer.ts'
import {
  createInvitation,
  listInvitations,
  resendInvitation,
  revokeInvitation,
} from '../services/invitations/send.ts'
import { removeMember, setRole } from '../services/members/change.ts'
import { listMembers } from '../services/members/list.ts'
import { addOwner } from '../services/owners/add.ts'
import { removeOwner } from '../services/owners/remove.ts'
import { createTeam } from '../services/teams/create.ts'
import { deleteTeam } from '../services/teams/delete.ts'
import { getTeam } from '../services/teams/get.ts'
import { leaveTeam } from '../services/teams/leave.ts'
import { listTeams } from '../services/teams/list.ts'
import { renameTeam } from '../services/teams/rename.ts'
import { openProcedure, procedure, router } from '../trpc/trpc.ts'

export const teamsRouter = router({
  list: procedure.query(({ ctx }) => listTeams(ctx)),
  get: procedure.input(inputs.team).query(({ ctx }) => getTeam(ctx)),
  create: procedure.input(inputs.create).mutation(({ ctx, input }) => createTeam(ctx, input)),
  rename: procedure.input(inputs.rename).mutation(({ ctx, input }) => renameTeam(ctx, input)),
  leave: procedure.input(inputs.team).mutation(({ ctx, input }) => leaveTeam(ctx, input)),
  delete: procedure.input(inputs.delete).mutation(({ ctx, input }) => deleteTeam(ctx, input)),
})

export const membersRouter = router({
  list: procedure.input(inputs.membersList).query(({ ctx, input }) => listMembers(ctx, input)),
  setRole: procedure.input(inputs.setRole).mutation(({ ctx, input }) => setRole(ctx, input)),
  remove: procedure.input(inputs.member).mutation(({ ctx, input }) => removeMember(ctx, input)),
})

export const ownersRouter = router({
  add: procedure.input(inputs.member).mutation(({ ctx, input }) => addOwner(ctx, input)),
  remove: procedure.input(inputs.ownerRemove).mutation(({ ctx, input }) => removeOwner(ctx, input)),
})

export const invitationsRouter = router({
  list: procedure.input(inputs.team).query(({ ctx }) => listInvitations(ctx)),
  create: procedure.input(inputs.invite).mutation(({ ctx, input }) => createInvitation(ctx, input)),
  resend: procedure.input(inputs.invitation).mutation(({ ctx, input }) => resendInvitation(ctx, input)),
  revoke: procedure.input(inputs.invitation).mutation(({ ctx, input }) => revokeInvitation(ctx, input)),
  look: openProcedure.input(inputs.secret).query(({ ctx, input }) => lookAtInvitation(ctx, input)),
  decline: openProcedure.input(inputs.secret).mutation(({ ctx, input }) => declineInvitation(ctx, input)),
  join: openProcedure.input(inputs.join).mutation(({ ctx, input }) => joinByInvitation(ctx, input)),
  accept: procedure.input(inputs.secret).mutation(({ ctx, input }) => acceptInvitation(ctx, input)),
})
