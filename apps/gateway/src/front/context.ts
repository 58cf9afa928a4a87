import type { GatewayLimits } from '../config/limits.ts'
import type { ConsoleFiles } from '../console/console-files.ts'
import type { GatewayError } from '../http/errors.ts'
import type { ApiBackend } from '../routes/api-backend.ts'
import type { Hosts } from '../routes/hosts.ts'
import type { RouteTable } from '../routes/route-table.ts'
import type { AccessLog } from './access-log.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

/** What every connection shares. */
export interface FrontContext {
  readonly limits: GatewayLimits
  readonly hosts: Hosts
  readonly routes: RouteTable
  readonly proxies: TrustedProxies
  readonly api: ApiBackend
  readonly files: ConsoleFiles
  readonly accessLog: AccessLog
  readonly hostNotFound: GatewayError
  /** Milliseconds, advanced by the sweep only: reading it costs nothing. */
  now: number
  /** Shutting down: no connection is kept. */
  draining: boolean
  inFlight: number
  nextRequestId(): string
}
