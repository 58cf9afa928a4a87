import type Docker from 'dockerode'
import { type ContainerSpec, LABELS } from './spec.ts'

const LOG_LINES = 40

/** Runs what `containerSpec` describes, as containers of an engine or as services of a swarm. */
export interface Orchestrator {
  /** Makes sure of the network that all runtimes are in, and nothing else. */
  prepare(network: string): Promise<void>
  start(name: string, spec: ContainerSpec, network: string): Promise<void>
  /** Asks it to end, and makes it end after `graceMs`; resolves when it has. What is gone already is no error. */
  stop(name: string, graceMs: number): Promise<void>
  /** By label; those that run. */
  list(label: string): Promise<{ instanceId: string; appid: string }[]>
  /** The last lines of its error output. */
  stderr(name: string): Promise<string>
}

/** One container per runtime on a Docker Engine. */
export class Engine implements Orchestrator {
  readonly #docker: Docker

  constructor(docker: Docker) {
    this.#docker = docker
  }

  async prepare(network: string): Promise<void> {
    await ensureNetwork(this.#docker, network, {
      Driver: 'bridge',
      // Runtimes of different apps do not reach one another.
      Options: { 'com.docker.network.bridge.enable_icc': 'false' },
    })
  }

  async start(name: string, spec: ContainerSpec, network: string): Promise<void> {
    const container = await this.#docker.createContainer({
      name,
      Image: spec.image,
      Entrypoint: spec.command,
      Env: spec.env,
      Labels: spec.labels,
      User: spec.user,
      WorkingDir: spec.dir,
      HostConfig: {
        NetworkMode: network,
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        // The keeper ends its process by a signal, which the first one of a namespace would not get.
        Init: true,
        Mounts: spec.mounts.map(({ path, readOnly }) => ({
          Type: 'bind',
          Source: path,
          Target: path,
          ReadOnly: readOnly,
        })),
        Tmpfs: { [spec.tmpfs.path]: `rw,nosuid,nodev,noexec,mode=1777,size=${spec.tmpfs.bytes}` },
        Memory: spec.limits.memoryBytes,
        MemorySwap: spec.limits.memoryBytes,
        NanoCpus: spec.limits.nanoCpus,
        PidsLimit: spec.limits.pids,
        LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
      },
    })
    await container.start()
  }

  async stop(name: string, graceMs: number): Promise<void> {
    const container = this.#docker.getContainer(name)
    await unlessGone(container.stop({ t: Math.ceil(graceMs / 1000) }))
    await unlessGone(container.remove({ force: true }))
  }

  async list(label: string): Promise<{ instanceId: string; appid: string }[]> {
    const containers = await this.#docker.listContainers({ filters: JSON.stringify({ label: [label] }) })
    return containers.map(({ Labels }) => ({
      instanceId: Labels[LABELS.instance]!,
      appid: Labels[LABELS.appid]!,
    }))
  }

  async stderr(name: string): Promise<string> {
    const container = this.#docker.getContainer(name)
    const text = await unlessGone(
      container.logs({ stderr: true, stdout: false, tail: LOG_LINES, follow: false }),
    )
    return text ? withoutFrames(text as unknown as Buffer) : ''
  }
}

export async function ensureNetwork(
  docker: Docker,
  name: string,
  options: { Driver: string; Options?: Record<string, string> },
): Promise<void> {
  const found = await docker.listNetworks({ filters: JSON.stringify({ name: [name] }) })
  if (found.some(({ Name }) => Name === name)) return
  await docker.createNetwork({ Name: name, CheckDuplicate: true, ...options })
}

/** 304: it has ended already; 404: there is none; 409: it is being removed. */
export async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if ([304, 404, 409].includes((error as { statusCode?: number }).statusCode ?? 0)) return undefined
    throw error
  }
}

/** Output comes in frames: 4 bytes of type, 4 of length, the text (Docker Engine API, `ContainerAttach`). */
function withoutFrames(output: Buffer): string {
  let text = ''
  for (let at = 0; at + 8 <= output.length; ) {
    const length = output.readUInt32BE(at + 4)
    text += output.toString('utf8', at + 8, at + 8 + length)
    at += 8 + length
  }
  return text
}
