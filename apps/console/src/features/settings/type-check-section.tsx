import type { AppView } from '@lathe/shared'
import { ErrorLine } from '../../components/error-view.tsx'
import { Segments } from '../../components/ui/segments.tsx'
import { useUpdateApp } from '../../data/apps.ts'
import { t } from '../../i18n/i18n.ts'

/** What becomes of a publish from the console while TypeScript finds errors. */
export function TypeCheckChoice({ app }: { app: AppView }) {
  const change = useUpdateApp()
  return (
    <>
      <div className="flex">
        <Segments
          label={t('settings.typeCheck')}
          value={app.typeCheck}
          onChange={(typeCheck) =>
            change.mutate({ appid: app.appid, typeCheck: typeCheck as AppView['typeCheck'] })
          }
          items={[
            { value: 'off', label: t('settings.typeCheckOff') },
            { value: 'warn', label: t('settings.typeCheckWarn') },
            { value: 'refuse', label: t('settings.typeCheckRefuse') },
          ]}
        />
      </div>
      <ErrorLine error={change.error} />
    </>
  )
}
