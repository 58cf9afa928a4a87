import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { errorText, reasonOf } from '../../data/errors.ts'
import { sessionQuery, signOut } from '../../data/session.ts'
import { queryClient, trpc } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { useChosenTeam } from '../../stores/team.ts'
import { AccountForm } from './account-form.tsx'
import { AuthCard } from './auth-card.tsx'

const route = getRouteApi('/invitation')
const link = 'text-accent underline underline-offset-4'

/** Where an invitation's link leads: who is here accepts, a newcomer makes the account, anybody may decline. */
export function InvitationPage() {
  const { token = '' } = route.useSearch()
  const { data: person } = useQuery(sessionQuery)
  const offer = useQuery(trpc.invitations.look.queryOptions({ token }, { retry: false }))
  const decline = useMutation(trpc.invitations.decline.mutationOptions())
  if (decline.isSuccess) {
    return <AuthCard title={t('invite.declinedTitle')} text={t('invite.declinedText')} children={null} />
  }
  if (offer.error) {
    const gone = ['NOT_FOUND', 'INVALID_INPUT'].includes(reasonOf(offer.error) ?? '')
    return (
      <AuthCard title={t('invite.overTitle')} text={gone ? t('invite.unknown') : errorText(offer.error)}>
        <Link to="/apps" className={link}>
          {t('invite.toConsole')}
        </Link>
      </AuthCard>
    )
  }
  if (!offer.data) return null
  const { team, email, invitedBy, role, hasAccount } = offer.data
  const isMine = person?.email.toLowerCase() === email
  return (
    <AuthCard
      title={t('invite.title', { team })}
      text={t('invite.text', { who: invitedBy, role: t(`team.role.${role}`), email })}
    >
      {person && !isMine ? (
        <WrongPerson email={email} />
      ) : person ? (
        <Accept token={token} />
      ) : hasAccount ? (
        <Link
          to="/sign-in"
          search={{ next: `/invitation?token=${encodeURIComponent(token)}` }}
          className={link}
        >
          {t('invite.signIn', { email })}
        </Link>
      ) : (
        <Join token={token} email={email} />
      )}
      <Button
        look="quiet"
        className="mt-2 w-full"
        busy={decline.isPending}
        onClick={() => decline.mutate({ token })}
      >
        {t('invite.decline')}
      </Button>
      <ErrorLine error={decline.error} />
    </AuthCard>
  )
}

function WrongPerson({ email }: { email: string }) {
  return (
    <>
      <p className="mb-3 text-small text-warn">{t('invite.wrongPerson', { email })}</p>
      <Button className="w-full" onClick={() => void signOut(location.pathname + location.search)}>
        {t('account.signOut')}
      </Button>
    </>
  )
}

/** Shows the team that one is in now. */
function useArrive(): (teamId: string) => Promise<void> {
  const navigate = useNavigate()
  const { choose } = useChosenTeam()
  return async (teamId) => {
    queryClient.clear()
    choose(teamId)
    await navigate({ to: '/apps' })
  }
}

function Accept({ token }: { token: string }) {
  const arrive = useArrive()
  const accept = useMutation(
    trpc.invitations.accept.mutationOptions({ onSuccess: ({ teamId }) => arrive(teamId) }),
  )
  return (
    <>
      <Button
        look="solid"
        className="w-full"
        busy={accept.isPending}
        onClick={() => accept.mutate({ token })}
      >
        {t('invite.accept')}
      </Button>
      <ErrorLine error={accept.error} />
    </>
  )
}

function Join({ token, email }: { token: string; email: string }) {
  const arrive = useArrive()
  const join = useMutation(
    trpc.invitations.join.mutationOptions({ onSuccess: ({ teamId }) => arrive(teamId) }),
  )
  return (
    <AccountForm
      email={email}
      submit={t('invite.join')}
      busy={join.isPending}
      error={join.error}
      onSubmit={({ name, password }) => join.mutate({ token, name, password })}
    />
  )
}
