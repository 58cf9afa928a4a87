import type { Logger } from 'pino'
import type { RawData, WebSocket } from 'ws'
import type { z } from 'zod'

/** RFC 6455, 7.4.1. */
const POLICY_VIOLATION = 1008

/**
 * Hands every message of a peer to `receive`, in order, validated. A peer that sends anything else is cut off:
 * it is not the program it says it is.
 */
export function frameReader<T>(
  socket: WebSocket,
  schema: z.ZodType<T>,
  log: Logger,
  receive: (message: T) => void,
): void {
  socket.on('message', (data: RawData, isBinary: boolean) => {
    const parsed = isBinary ? null : schema.safeParse(parseJson(data.toString()))
    if (parsed?.success) return receive(parsed.data)
    log.warn({ issue: parsed?.error?.issues[0]?.message ?? 'binary frame' }, 'message refused')
    socket.close(POLICY_VIOLATION, 'not a message of the control channel')
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
