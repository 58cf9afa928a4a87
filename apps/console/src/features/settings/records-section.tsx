import { type AppView, keepLimits } from '@lathe/shared'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Field } from '../../components/ui/field.tsx'
import { useUpdateApp } from '../../data/apps.ts'
import { t } from '../../i18n/i18n.ts'
import { wholeNumber } from './numbers.ts'
import { Section } from './section.tsx'

/** How long an app's log is kept, and how much of its requests. */
export function RecordsSection({ app }: { app: AppView }) {
  const { keepLogsDays, recordRequests } = app.settings
  const [days, setDays] = useState(keepLogsDays.toString())
  const update = useUpdateApp()
  const { leastDays, mostDays } = keepLimits
  const wanted = wholeNumber(days, leastDays, mostDays)
  const bad = typeof wanted !== 'number'
  return (
    <Section title={t('settings.records')} text={t('settings.recordsText')}>
      <div className="flex flex-col gap-4">
        <form
          noValidate
          className="flex items-start gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            if (!bad) update.mutate({ appid: app.appid, keepLogsDays: wanted })
          }}
        >
          <Field
            className="grow"
            label={t('settings.keepDays')}
            inputMode="numeric"
            value={days}
            hint={t('settings.keepDaysHint')}
            error={bad ? t('settings.badNumber', { least: leastDays, most: mostDays }) : null}
            onChange={(e) => setDays(e.target.value)}
          />
          <Button
            type="submit"
            className="mt-5"
            disabled={bad || wanted === keepLogsDays}
            busy={update.isPending}
          >
            {t('settings.saveKeepDays')}
          </Button>
        </form>
        <Checkbox
          label={t('settings.recordRequests')}
          hint={t('settings.recordRequestsHint')}
          checked={update.isPending ? (update.variables.recordRequests ?? recordRequests) : recordRequests}
          onChange={(next) => update.mutate({ appid: app.appid, recordRequests: next })}
        />
        <ErrorLine error={update.error} />
      </div>
    </Section>
  )
}
