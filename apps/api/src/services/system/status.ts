import type { SystemStatus } from '@lathe/shared'
import packageJson from '../../../package.json' with { type: 'json' }
import type { SignedRequest } from '../../request-context.ts'

export async function systemStatus({ context }: SignedRequest): Promise<SystemStatus> {
  const { env, gateway } = context
  return {
    version: packageJson.version,
    database: env.LATHE_DATABASE,
    runtimeDriver: env.LATHE_RUNTIME_DRIVER,
    gatewayDriver: gateway.name,
    appsDomain: env.LATHE_APPS_DOMAIN,
    isolation:
      env.LATHE_RUNTIME_DRIVER === 'docker'
        ? ['docker', 'permission', 'cgroup']
        : env.LATHE_ISOLATION.split(',').filter(Boolean),
    gateways: gateway.gateways,
    uptimeSeconds: Math.round(process.uptime()),
  }
}
