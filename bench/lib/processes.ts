import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Target } from './load.ts'

/** The kernel's clock tick in microseconds: USER_HZ is 100 on every Linux that Node runs on. */
const TICK_US = 10_000

export interface Peer extends AsyncDisposable {
  pid: number
}

export interface PeerOptions {
  /** Our Node unless another is named. */
  program?: string | undefined
  env?: Record<string, string>
}

/** Starts a server program and waits until it listens. */
export async function startPeer(
  args: string[],
  target: Target,
  { program = process.execPath, env = {} }: PeerOptions = {},
): Promise<Peer> {
  const child = spawn(program, args, {
    // A runtime ends with its standard input.
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', ...env },
  })
  const failed = ended(child, args)
  failed.catch(() => {}) // afterwards it is we who end it
  await Promise.race([listens(target), failed])
  return {
    pid: child.pid!,
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function ended(child: ChildProcess, args: string[]): Promise<never> {
  const [code, signal] = await once(child, 'exit')
  throw new Error(`${args.join(' ')} ended with ${signal ?? code}`)
}

async function listens(target: Target): Promise<void> {
  const tries = () =>
    new Promise((resolve) =>
      connect(target)
        .once('connect', resolve)
        .once('error', () => resolve(null)),
    )
  while ((await tries()) === null) await wait(20)
}

/** Processor time that processes have used, with all their threads, in microseconds. */
export function cpuUs(pids: readonly number[]): number {
  let ticks = 0
  for (const pid of pids) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks * TICK_US
}

/** Resident megabytes of a process. */
export function rssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
}

/** A process and all that it has started: a sandbox is its wrapper and what runs in it. */
export function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => family(Number(child))))]
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
