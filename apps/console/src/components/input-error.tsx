import { issuesOf } from '../data/errors.ts'
import { ErrorLine } from './error-view.tsx'

const SHOWN = 5

/** Why a form was refused: each particular on its own line, or the error as any other. */
export function InputError({ error }: { error: unknown }) {
  const issues = issuesOf(error)
  if (issues.length === 0) return <ErrorLine error={error} />
  return (
    <ul role="alert" className="flex min-h-5 flex-col text-small text-error">
      {issues.slice(0, SHOWN).map((issue) => (
        <li key={issue}>{issue}</li>
      ))}
      {issues.length > SHOWN && <li>… +{issues.length - SHOWN}</li>}
    </ul>
  )
}
