import { type AppView, type Cors, corsSchema } from '@lathe/shared'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Field } from '../../components/ui/field.tsx'
import { useUpdateApp } from '../../data/apps.ts'
import { t } from '../../i18n/i18n.ts'
import { wholeNumber, words } from './numbers.ts'
import { Section } from './section.tsx'

const USUAL_MAX_AGE = 600
const MOST_MAX_AGE = 86_400

/** Which other sites' pages may call the app (CORS). Without an origin the app answers preflights by itself. */
export function OriginsSection({ app }: { app: AppView }) {
  const { cors } = app.settings
  const [origins, setOrigins] = useState(cors?.origins.join(' ') ?? '')
  const [methods, setMethods] = useState(cors?.methods?.join(' ') ?? '')
  const [headers, setHeaders] = useState(cors?.headers?.join(' ') ?? '')
  const [credentials, setCredentials] = useState(cors?.credentials ?? false)
  const [maxAge, setMaxAge] = useState(String(cors?.maxAgeSeconds ?? USUAL_MAX_AGE))
  const update = useUpdateApp()
  const age = wholeNumber(maxAge, 0, MOST_MAX_AGE)
  const wanted: Cors | null =
    words(origins).length === 0
      ? null
      : {
          origins: words(origins),
          methods: orNull(words(methods.toUpperCase())),
          headers: orNull(words(headers.toLowerCase())),
          credentials,
          maxAgeSeconds: age ?? USUAL_MAX_AGE,
        }
  const bad = (name: keyof Cors) => wanted !== null && !corsSchema.shape[name].safeParse(wanted[name]).success
  const isBad = age === undefined || (wanted !== null && !corsSchema.safeParse(wanted).success)
  return (
    <Section title={t('settings.origins')} text={t('settings.originsText')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBad) update.mutate({ appid: app.appid, cors: wanted })
        }}
      >
        <Field
          label={t('settings.originsAllowed')}
          value={origins}
          placeholder="https://example.com"
          hint={t('settings.originsHint')}
          error={bad('origins') ? t('settings.badOrigins') : null}
          onChange={(e) => setOrigins(e.target.value)}
        />
        {wanted && (
          <div className="mt-2 grid grid-cols-2 gap-x-3 gap-y-2 max-wide:grid-cols-1">
            <Field
              label={t('settings.methods')}
              value={methods}
              placeholder={t('settings.asAsked')}
              error={bad('methods') ? t('settings.badNames') : null}
              onChange={(e) => setMethods(e.target.value)}
            />
            <Field
              label={t('settings.headers')}
              value={headers}
              placeholder={t('settings.asAsked')}
              error={bad('headers') ? t('settings.badNames') : null}
              onChange={(e) => setHeaders(e.target.value)}
            />
            <Field
              label={t('settings.maxAge')}
              inputMode="numeric"
              value={maxAge}
              error={age === undefined ? t('settings.badNumber', { least: 0, most: MOST_MAX_AGE }) : null}
              onChange={(e) => setMaxAge(e.target.value)}
            />
            <div className="mt-5">
              <Checkbox
                label={t('settings.credentials')}
                hint={t('settings.credentialsHint')}
                checked={credentials}
                onChange={setCredentials}
              />
            </div>
          </div>
        )}
        <Button
          type="submit"
          className="mt-3"
          disabled={isBad || JSON.stringify(wanted) === JSON.stringify(cors)}
          busy={update.isPending}
        >
          {t('settings.saveOrigins')}
        </Button>
      </form>
      <ErrorLine error={update.error} />
    </Section>
  )
}

function orNull(list: string[]): string[] | null {
  return list.length > 0 ? list : null
}
