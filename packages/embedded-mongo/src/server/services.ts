import type { Users } from '../auth/users.ts'
import type { ChangeLog } from '../changes/log.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Engine } from '../storage/engine.ts'
import type { Clock } from './clock.ts'
import type { CursorStore } from './cursors.ts'
import type { FailPoints } from './fail-points.ts'

/** What commands work with; built by hand in `server.ts`. */
export interface Services {
  readonly engine: Engine
  readonly users: Users
  readonly cursors: CursorStore
  readonly sessions: Sessions
  readonly clock: Clock
  readonly changes: ChangeLog
  /** Only where test commands are on. */
  readonly failPoints: FailPoints | undefined
  readonly startedAt: number
  /** `host:port` where the server listens. */
  readonly address: () => string
  readonly connections: () => number
  readonly commandNames: () => string[]
}
