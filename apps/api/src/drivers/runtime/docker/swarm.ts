import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import { ensureNetwork, type Orchestrator, unlessGone } from './engine.ts'
import { type ContainerSpec, LABELS } from './spec.ts'

const LOOK_MS = 100
const RESTART_DELAY_NS = 500_000_000
const SERVICE_LABEL = 'com.docker.swarm.service.name'

/** What a swarm writes in place of it into a replica's environment: 1, 2, 3 ... */
export const SLOT = '{{.Task.Slot}}'

/** One service per runtime, with its replicas, on a swarm of which this engine is the manager. */
export class Swarm implements Orchestrator {
  readonly #docker: Docker

  constructor(docker: Docker) {
    this.#docker = docker
  }

  async prepare(network: string): Promise<void> {
    await ensureNetwork(this.#docker, network, { Driver: 'overlay' })
  }

  async start(name: string, spec: ContainerSpec, network: string): Promise<void> {
    const service = {
      Name: name,
      Labels: spec.labels,
      TaskTemplate: {
        ContainerSpec: {
          Image: spec.image,
          Command: spec.command,
          Env: spec.env,
          Labels: spec.labels,
          User: spec.user,
          Dir: spec.dir,
          ReadOnly: true,
          CapabilityDrop: ['ALL'],
          // Older engines do not know it; there is nothing in the image that could gain privileges.
          Privileges: { NoNewPrivileges: true },
          Init: true,
          Mounts: [
            ...spec.mounts.map(({ path, readOnly }) => ({
              Type: 'bind',
              Source: path,
              Target: path,
              ReadOnly: readOnly,
            })),
            {
              Type: 'tmpfs',
              Target: spec.tmpfs.path,
              TmpfsOptions: { SizeBytes: spec.tmpfs.bytes, Mode: 0o1777 },
            },
          ],
        },
        Resources: {
          Limits: {
            MemoryBytes: spec.limits.memoryBytes,
            NanoCPUs: spec.limits.nanoCpus,
            Pids: spec.limits.pids,
          },
        },
        RestartPolicy: { Condition: 'on-failure', Delay: RESTART_DELAY_NS },
        Networks: [{ Target: network }],
        LogDriver: { Name: 'json-file', Options: { 'max-size': '1m', 'max-file': '2' } },
      },
      Mode: { Replicated: { Replicas: spec.replicas } },
    }
    await this.#docker.createService(service as unknown as Docker.CreateServiceOptions)
  }

  async stop(name: string): Promise<void> {
    await unlessGone(this.#docker.getService(name).remove())
    // Its tasks end by themselves, each within its own grace.
    const filters = JSON.stringify({ label: [`${SERVICE_LABEL}=${name}`] })
    while ((await this.#docker.listContainers({ filters })).length > 0) await delay(LOOK_MS)
  }

  async list(label: string): Promise<{ instanceId: string; appid: string }[]> {
    const services = await this.#docker.listServices({ filters: JSON.stringify({ label: [label] }) })
    return services.map(({ Spec }) => ({
      instanceId: Spec!.Labels![LABELS.instance]!,
      appid: Spec!.Labels![LABELS.appid]!,
    }))
  }

  async stderr(name: string): Promise<string> {
    const filters = JSON.stringify({ service: [name] })
    const tasks = (await this.#docker.listTasks({ filters })) as { Status?: { Err?: string } }[]
    return tasks.find(({ Status }) => Status?.Err)?.Status?.Err ?? ''
  }
}
