import type { Route } from '@lathe/shared'

/** How requests find their way to the runtimes. */
export interface GatewayDriver {
  readonly name: string
  /** How many gateways are connected now. */
  readonly gateways: number
  /** Sets all routes, from which on gateways are told. */
  open(routes: Route[]): void
  /** Resolves once no gateway sends a new request to an upstream that the route no longer names. */
  setRoute(route: Route): Promise<void>
  removeRoute(appid: string): Promise<void>
  /** A request has made its runtime unusable. Resolves once no gateway has it under way any more. */
  timedOut(appid: string, requestId: string, functionName: string): Promise<void>
  /** A gateway could not reach an upstream. */
  onUpstreamDown(listener: (appid: string, instanceId: string) => void): void
  /** A gateway holds requests for a sleeping app. */
  onWake(listener: (appid: string) => void): void
}
