import type { EnvVariableView } from '@lathe/shared'
import { useEffect } from 'react'
import { toast } from 'sonner'
import { useSetEnv, useUnsetEnv } from '../../data/env.ts'
import { errorText } from '../../data/errors.ts'
import { t } from '../../i18n/i18n.ts'
import { useToasts } from '../../stores/overlays.ts'

const UNDO_MS = 10_000

/** Removes a variable whose value is known, and offers to put it back. */
export function useRemovePlain(appid: string): (variable: EnvVariableView) => void {
  const unset = useUnsetEnv()
  const set = useSetEnv()
  useEffect(() => useToasts.setState({ wanted: true }), [])
  return ({ name, value }) =>
    unset.mutate(
      { appid, names: [name] },
      {
        onSuccess: () =>
          toast(t('env.removed', { name }), {
            duration: UNDO_MS,
            action: {
              label: t('action.undo'),
              onClick: () =>
                set.mutate(
                  { appid, name, value: value ?? '', secret: false },
                  { onError: (error) => toast.error(errorText(error)) },
                ),
            },
          }),
        onError: (error) => toast.error(errorText(error)),
      },
    )
}
