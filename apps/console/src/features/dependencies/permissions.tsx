import type { DependenciesView } from '@lathe/shared'
import { ErrorLine } from '../../components/error-view.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { useDependencyPermissions } from '../../data/dependencies.ts'
import { t } from '../../i18n/i18n.ts'

/** What packages of this app may do that others may not. Both open walls, so both are off until somebody allows them. */
export function Permissions({ appid, view }: { appid: string; view: DependenciesView }) {
  const set = useDependencyPermissions()
  const { nativeAddons, scripts } = view.permissions
  const scripted = [
    ...new Set([
      ...scripts,
      ...view.dependencies.filter((one) => one.scripts !== 'none').map(({ name }) => name),
    ]),
  ].sort()
  return (
    <fieldset disabled={set.isPending} className="flex flex-col gap-2 border-t border-line pt-4">
      <legend className="sr-only">{t('deps.permissions')}</legend>
      <Checkbox
        label={t('deps.allowNative')}
        hint={t('deps.allowNativeHint')}
        checked={nativeAddons}
        onChange={(allowed) => set.mutate({ appid, nativeAddons: allowed })}
      />
      {scripted.map((name) => (
        <Checkbox
          key={name}
          label={t('deps.allowScripts', { name })}
          hint={t('deps.allowScriptsHint')}
          checked={scripts.includes(name)}
          onChange={(allowed) =>
            set.mutate({
              appid,
              scripts: allowed ? [...scripts, name] : scripts.filter((one) => one !== name),
            })
          }
        />
      ))}
      <ErrorLine error={set.error} />
    </fieldset>
  )
}
