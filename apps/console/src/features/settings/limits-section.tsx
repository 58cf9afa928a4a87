import { type AppView, memoryLimits } from '@lathe/shared'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { useUpdateApp } from '../../data/apps.ts'
import { t } from '../../i18n/i18n.ts'
import { wholeNumber } from './numbers.ts'
import { Section } from './section.tsx'

/** How many requests an app takes, and how much memory. */
export function LimitsSection({ app }: { app: AppView }) {
  const { requestsPerSecond, concurrency, memoryMb } = app.settings
  const [rate, setRate] = useState(requestsPerSecond?.toString() ?? '')
  const [atATime, setAtATime] = useState(concurrency?.toString() ?? '')
  const [memory, setMemory] = useState(memoryMb.toString())
  const update = useUpdateApp()
  const { leastMb, mostMb } = memoryLimits
  const wanted = {
    requestsPerSecond: wholeNumber(rate, 1, 1_000_000),
    concurrency: wholeNumber(atATime, 1, 100_000),
    memoryMb: wholeNumber(memory, leastMb, mostMb),
  }
  const badMemory = typeof wanted.memoryMb !== 'number'
  const bad = wanted.requestsPerSecond === undefined || wanted.concurrency === undefined || badMemory
  const changed =
    wanted.requestsPerSecond !== requestsPerSecond ||
    wanted.concurrency !== concurrency ||
    wanted.memoryMb !== memoryMb
  return (
    <Section title={t('settings.limits')} text={t('settings.limitsText')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          const { requestsPerSecond, concurrency, memoryMb } = wanted
          if (requestsPerSecond === undefined || concurrency === undefined || !memoryMb) return
          update.mutate({ appid: app.appid, requestsPerSecond, concurrency, memoryMb })
        }}
      >
        <Field
          label={t('settings.rate')}
          inputMode="numeric"
          value={rate}
          placeholder={t('settings.unlimited')}
          hint={t('settings.rateHint')}
          error={
            wanted.requestsPerSecond === undefined
              ? t('settings.badNumber', { least: 1, most: 1_000_000 })
              : null
          }
          onChange={(e) => setRate(e.target.value)}
        />
        <Field
          className="mt-2"
          label={t('settings.concurrency')}
          inputMode="numeric"
          value={atATime}
          placeholder={t('settings.unlimited')}
          hint={t('settings.concurrencyHint')}
          error={
            wanted.concurrency === undefined ? t('settings.badNumber', { least: 1, most: 100_000 }) : null
          }
          onChange={(e) => setAtATime(e.target.value)}
        />
        <Field
          className="mt-2"
          label={t('settings.memory')}
          inputMode="numeric"
          value={memory}
          hint={t('settings.memoryHint')}
          error={badMemory ? t('settings.badNumber', { least: leastMb, most: mostMb }) : null}
          onChange={(e) => setMemory(e.target.value)}
        />
        <Button type="submit" className="mt-3" disabled={!changed || bad} busy={update.isPending}>
          {t('settings.saveLimits')}
        </Button>
      </form>
      <ErrorLine error={update.error} />
    </Section>
  )
}
