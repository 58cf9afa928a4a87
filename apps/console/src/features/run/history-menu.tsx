import { History } from 'lucide-react'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu } from '../../components/ui/menu.tsx'
import { t } from '../../i18n/i18n.ts'
import { formatMs } from '../../lib/format.ts'
import { useHistory } from '../../stores/history.ts'
import { changeRequest } from '../../stores/requests.ts'
import { runKey, startRun } from './execute.ts'
import { fromRunRequest } from './request.ts'

const SHOWN = 15
const none: never[] = []

/** Past runs of this function, the newest first: choosing one sends the same request again. */
export function HistoryMenu({ appid, name }: { appid: string; name: string }) {
  const key = runKey(appid, name)
  const past = useHistory((s) => s.byFunction[key] ?? none)
  return (
    <Menu
      trigger={
        <IconButton label={t('run.history')} small disabled={past.length === 0}>
          <History size={14} aria-hidden />
        </IconButton>
      }
      entries={past.slice(0, SHOWN).map(({ what, request, status, durationMs, id }) => {
        const { method = 'GET', path = '', query = '' } = request
        const asked = typeof query === 'string' && query ? `?${query}` : ''
        const address = `${method} ${path}${asked}`.slice(0, 48)
        return {
          label: t('run.historyEntry', {
            id: String(id),
            address,
            status: String(status),
            time: formatMs(durationMs),
          }),
          onSelect: () => {
            changeRequest(key, fromRunRequest(request))
            void startRun(appid, name, what)
          },
        }
      })}
    />
  )
}
