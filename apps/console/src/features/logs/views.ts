import type { AppView } from '@lathe/shared'
import type { Place } from '../run/places.ts'
import type { Change } from './filters.tsx'
import type { LogsSearch } from './logs-search.ts'

/** What each view of the logs page is given. */
export interface LogsViewProps {
  appid: string
  app: AppView | undefined
  search: LogsSearch
  onChange: Change
  /** The app's functions. */
  names: ReadonlySet<string>
  onJump: (place: Place) => void
  onOpen: (requestId: string) => void
  linkOf: (entry: string) => string
}
