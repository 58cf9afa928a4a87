import type { Logger } from 'pino'

export interface Access {
  requestId: string
  method: string
  host: string
  /** The request target; its query may hold secrets and is cut off. */
  target: string
  appid: string | null
  /** 0 when the client went away before an answer. */
  status: number
  /** From `performance.now()`. */
  startedAt: number
}

export type AccessLog = (access: Access) => void

/** One line per request. Requests that the gateway had to refuse or could not serve are warnings. */
export function accessLog(log: Logger): AccessLog {
  return (access) => {
    const level = access.status >= 500 ? 'warn' : 'info'
    if (!log.isLevelEnabled(level)) return
    const query = access.target.indexOf('?')
    log[level]({
      requestId: access.requestId,
      method: access.method,
      host: access.host,
      path: query < 0 ? access.target : access.target.slice(0, query),
      appid: access.appid ?? undefined,
      status: access.status,
      ms: Math.round((performance.now() - access.startedAt) * 100) / 100,
    })
  }
}
