import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const entry = fileURLToPath(new URL('../dist/main.js', import.meta.url))

export interface SupervisorProcess extends AsyncDisposable {
  child: ChildProcess
  output: () => string
  /** Resolves when the text was printed; rejects when the process ends first. */
  printed: (text: string) => Promise<void>
  /** Resolves with the exit code. */
  ended: Promise<number | null>
}

/** The supervisor as `npm start` runs it, with its output at hand. */
export function startSupervisor(env: Record<string, string>): SupervisorProcess {
  const child = spawn(process.execPath, [entry], {
    env: { PATH: process.env.PATH!, LATHE_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  const seen = (chunk: Buffer) => {
    output += chunk.toString()
    child.emit('output')
  }
  child.stdout!.on('data', seen)
  child.stderr!.on('data', seen)
  // Not `close`: Node does not emit it after this side has closed the IPC channel.
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return {
    child,
    output: () => output,
    ended,
    async printed(text) {
      while (!output.includes(text)) {
        const over = await Promise.race([once(child, 'output').then(() => false), ended.then(() => true)])
        if (over && !output.includes(text)) throw new Error(`ended without printing "${text}":\n${output}`)
      }
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ended
    },
  }
}

/** A data folder of its own. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'lathe-supervisor-')))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Numbers and commands of all processes that carry the folder in their environment or arguments. */
export async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue
    const texts = await Promise.all(
      ['environ', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    )
    if (texts.some((text) => text.includes(folder))) found.push(`${pid} ${texts[1]!.replaceAll('\0', ' ')}`)
  }
  return found
}

/** Waits until a condition holds; gives up after 20 s with what it last saw. */
export async function until<T>(look: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const value = await look()
    if (good(value)) return value
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(value)} after 20 s`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
