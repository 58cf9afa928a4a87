import { EventEmitter } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApiEnv, Upstream } from '@lathe/shared'
import Docker from 'dockerode'
import type { Logger } from 'pino'
import { SettingRefused } from '../../../config/env.ts'
import type { RuntimeDriver, RuntimeExit, RuntimeSpec } from '../runtime-driver.ts'
import { Engine, type Orchestrator } from './engine.ts'
import { ensureImage } from './image.ts'
import { containerSpec, dataLabel, LABELS, socketOf } from './spec.ts'
import { SLOT, Swarm } from './swarm.ts'

const END_GRACE_MS = 2_000

/**
 * Runtimes as containers of this machine's Docker Engine, or as services with replicas where that is a swarm's manager.
 * They listen on Unix sockets in a folder that both sides see, so that no port is published, and have a network of
 * their own, from which nothing of the platform can be reached.
 */
export class DockerDriver implements RuntimeDriver {
  readonly name = 'docker'
  readonly replicas: number
  readonly #env: ApiEnv
  readonly #docker: Docker
  readonly #orchestrator: Orchestrator
  readonly #image: string
  readonly #network: string
  readonly #isSwarm: boolean
  readonly #log: Logger
  readonly #running = new Set<string>()
  readonly #events = new EventEmitter<{ exit: [RuntimeExit] }>()
  #deaths: NodeJS.ReadableStream | null = null

  private constructor(env: ApiEnv, docker: Docker, image: string, isSwarm: boolean, log: Logger) {
    this.#env = env
    this.#docker = docker
    this.#image = image
    this.#isSwarm = isSwarm
    this.#log = log.child({ part: 'docker' })
    this.replicas = env.LATHE_REPLICAS
    this.#orchestrator = isSwarm ? new Swarm(docker) : new Engine(docker)
    this.#network = `lathe-${dataLabel(env)}${isSwarm ? '-swarm' : ''}`
  }

  /** @throws SettingRefused when the engine does not answer, or cannot do what the settings ask for */
  static async open(env: ApiEnv, log: Logger): Promise<DockerDriver> {
    const docker = new Docker()
    const refuse = (setting: string, message: string): never => {
      throw new SettingRefused(setting, message)
    }
    const info = await docker
      .info()
      .catch((error: Error) =>
        refuse(
          'LATHE_RUNTIME_DRIVER',
          `Docker does not answer (${error.message}). Start it, or name it in DOCKER_HOST.`,
        ),
      )
    const { LocalNodeState, ControlAvailable, Nodes } = info.Swarm ?? {}
    const isSwarm = LocalNodeState === 'active' && ControlAvailable
    if (isSwarm && Nodes > 1) {
      // Sockets, packages and the embedded database are folders of this machine.
      refuse(
        'LATHE_RUNTIME_DRIVER',
        `the swarm has ${Nodes} nodes, and runtimes can only be on this one: use a swarm of one.`,
      )
    }
    if (env.LATHE_REPLICAS > 1 && !isSwarm) {
      refuse('LATHE_REPLICAS', 'more than 1 need a swarm: run docker swarm init, or set 1.')
    }
    const image = await ensureImage(env.LATHE_RUNTIME_ENTRY, docker)
    const driver = new DockerDriver(env, docker, image, isSwarm, log)
    await driver.#orchestrator.prepare(driver.#network)
    if (!isSwarm) await driver.#watch()
    return driver
  }

  upstreams(appid: string, instanceId: string): Upstream[] {
    return Array.from({ length: this.replicas }, (_, index) => ({
      kind: 'unix',
      path: socketOf(this.#env, appid, instanceId, index + 1),
      frames: true,
    }))
  }

  async start(spec: RuntimeSpec): Promise<void> {
    await mkdir(join(this.#env.LATHE_RUN_DIR, spec.appid), { recursive: true, mode: 0o700 })
    const slot = this.#isSwarm ? SLOT : 1
    this.#running.add(spec.instanceId)
    await this.#orchestrator.start(
      nameOf(spec.instanceId),
      containerSpec(this.#env, this.#image, spec, slot),
      this.#network,
    )
  }

  async stop(instanceId: string, graceMs: number): Promise<void> {
    await this.#orchestrator.stop(nameOf(instanceId), graceMs)
    this.#ended(instanceId, 'stopped', '')
  }

  async list(): Promise<{ instanceId: string; appid: string }[]> {
    const found = await this.#orchestrator.list(`${LABELS.data}=${dataLabel(this.#env)}`)
    for (const { instanceId } of found) this.#running.add(instanceId)
    return found
  }

  async removeApp(appid: string): Promise<void> {
    await rm(join(this.#env.LATHE_RUN_DIR, appid), { recursive: true, force: true })
  }

  onExit(listener: (exit: RuntimeExit) => void): void {
    this.#events.on('exit', listener)
  }

  /** Lathe ends, and its containers with it: nobody would look after them. An api that crashes does not come here. */
  async [Symbol.asyncDispose](): Promise<void> {
    ;(this.#deaths as { destroy?(): void } | null)?.destroy?.()
    const living = await this.list()
    await Promise.all(
      living.map(({ instanceId }) => this.#orchestrator.stop(nameOf(instanceId), END_GRACE_MS)),
    )
    const network = this.#docker.getNetwork(this.#network)
    await network.remove().catch((error: unknown) => this.#log.warn({ err: error }, 'the network stays'))
  }

  /** Containers say when they die; a swarm starts another replica by itself. */
  async #watch(): Promise<void> {
    const filters = { type: ['container'], event: ['die'], label: [`${LABELS.data}=${dataLabel(this.#env)}`] }
    const deaths = await this.#docker.getEvents({ filters: JSON.stringify(filters) })
    this.#deaths = deaths
    let text = ''
    deaths.on('data', (chunk: Buffer) => {
      const lines = (text + chunk.toString()).split('\n')
      text = lines.pop()!
      for (const line of lines) if (line) void this.#died(JSON.parse(line).Actor.Attributes)
    })
    deaths.on('error', (error) => this.#log.warn({ err: error }, 'Docker’s events have ended'))
  }

  async #died(attributes: Record<string, string>): Promise<void> {
    const instanceId = attributes[LABELS.instance]!
    if (!this.#running.has(instanceId)) return
    try {
      const stderr = await this.#orchestrator.stderr(nameOf(instanceId))
      this.#ended(instanceId, `exit code ${attributes.exitCode}`, stderr)
      await this.#orchestrator.stop(nameOf(instanceId), 0)
    } catch (error) {
      this.#log.warn({ err: error, instanceId }, 'a container that died could not be removed')
    }
  }

  #ended(instanceId: string, how: string, stderr: string): void {
    if (this.#running.delete(instanceId)) this.#events.emit('exit', { instanceId, how, stderr })
  }
}

function nameOf(instanceId: string): string {
  return `lathe-${instanceId}`
}
