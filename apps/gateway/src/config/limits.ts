import { limits as shared } from '@lathe/shared'
import { z } from 'zod'

const ms = z.number().int().positive()

/** What the gateway bears, in bytes and milliseconds. Operators and tests override single ones by JSON. */
export const gatewayLimitsSchema = z.strictObject({
  /** Request line and header fields together. */
  headerBytes: z.number().int().positive().default(shared.headerBytes),
  /** A response's head; apps set large cookies, so it is wider than what clients may send. */
  responseHeadBytes: z
    .number()
    .int()
    .positive()
    .default(64 * 1024),
  connections: z.number().int().positive().default(20_000),
  /** Requests that one app has in flight or held; more are answered 429. */
  inFlightPerApp: z.number().int().positive().default(2_000),
  /** From a connection's opening, or a head's first byte, to the end of the head. */
  headMs: ms.default(10_000),
  /** An idle keep-alive connection of a client. Longer than what load balancers keep theirs (60 s). */
  idleMs: ms.default(75_000),
  /** A request body that stops arriving. */
  bodyIdleMs: ms.default(60_000),
  /** A client that does not read what is sent to it. */
  slowReadMs: ms.default(60_000),
  /** How long a closed connection is still read from, so that the last answer is not lost to a reset. */
  lingerMs: ms.default(2_000),
  startHoldMs: ms.default(shared.startHoldMs),
  /** How long a request that was not sent yet waits for an upstream that refuses to come back. */
  retryHoldMs: ms.default(5_000),
  /**
   * From sending a request to the first byte of its answer. The runtime enforces each function's timeout, which may be
   * up to `functionTimeoutMaxMs`: this is only the backstop for a runtime that is stuck itself, so it lies above.
   */
  upstreamSilenceMs: ms.default(shared.functionTimeoutMaxMs + 60_000),
  /** How long an idle connection to an upstream is kept when the upstream names no time of its own. */
  upstreamIdleMs: ms.default(30_000),
  /** On SIGTERM: how long requests in flight may take. */
  drainMs: ms.default(8_000),
  /** How often the above are looked at: their precision. */
  sweepMs: ms.default(1_000),
})
export type GatewayLimits = z.infer<typeof gatewayLimitsSchema>
