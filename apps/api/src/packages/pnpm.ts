import { spawn } from 'node:child_process'
import { accessSync, chmodSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { Command } from './sandbox.ts'

const STDERR_TAIL = 4_096
/** Nothing that is installed takes longer; what hangs (a registry that never ends its answer) is ended. */
const LIMIT_MS = 10 * 60_000

/**
 * The lines of `--reporter=ndjson` that are of use. Their shapes are those of pnpm's core loggers
 * (https://github.com/pnpm/pnpm/tree/main/core/core-loggers).
 */
const lineSchema = z.union([
  z.object({
    name: z.literal('pnpm:progress'),
    status: z.enum(['resolved', 'fetched', 'found_in_store', 'imported']),
    packageId: z.string().optional(),
  }),
  z.object({
    name: z.literal('pnpm:fetching-progress'),
    status: z.literal('started'),
    packageId: z.string(),
    size: z.number().nullish(),
  }),
  z.object({
    name: z.literal('pnpm:fetching-progress'),
    status: z.literal('in_progress'),
    packageId: z.string(),
    downloaded: z.number(),
  }),
  z.object({ name: z.literal('pnpm:stage'), stage: z.string() }),
  z.object({ name: z.literal('pnpm:ignored-scripts'), packageNames: z.array(z.string()) }),
  z.object({ level: z.literal('error'), code: z.string().optional(), message: z.string().optional() }),
])
export type PnpmLine = z.infer<typeof lineSchema>

export interface PnpmExit {
  code: number | null
  /** The first error that it reported; `stderr` is what else it said. */
  error: { code: string; message: string } | null
  stderr: string
}

export interface PnpmRun {
  /** The folder with package.json; also its home, so that nothing of the operator's is read. */
  dir: string
  args: readonly string[]
  /** What has to be in its environment beside its home: PATH, certificates. */
  env: Record<string, string>
  signal: AbortSignal
  onLine: (line: PnpmLine) => void
  /** Told the process number once it runs. */
  onStart?: (pid: number) => void
  /** Puts the command behind walls. */
  wrap?: (command: Command) => Command
}

/** The native program of pnpm for this machine: it comes as one npm package per platform, without install scripts. */
export function pnpmProgram(): string {
  const { platform, arch } = process
  const require = createRequire(import.meta.url)
  const names = [`@pnpm/exe.${platform}-${arch}`, `@pnpm/exe.${platform}-${arch}-musl`]
  for (const name of names) {
    let manifest: string
    try {
      manifest = require.resolve(`${name}/package.json`)
    } catch {
      continue
    }
    const program = join(dirname(manifest), 'pnpm')
    makeExecutable(program)
    return program
  }
  throw new Error(`pnpm has no program for ${platform} ${arch}: install ${names[0]}`)
}

/** Some tools that unpack packages drop the mode of files. */
function makeExecutable(program: string): void {
  try {
    accessSync(program, constants.X_OK)
  } catch {
    chmodSync(program, 0o755)
  }
}

/** Runs pnpm, without a shell, and reads its report line by line. Aborting kills it, with all that it started. */
export async function runPnpm({ dir, args, env, signal, onLine, onStart, wrap }: PnpmRun): Promise<PnpmExit> {
  signal.throwIfAborted()
  const plain = { command: pnpmProgram(), args: [...args, '--reporter=ndjson'] }
  const { command, args: wrapped } = wrap ? wrap(plain) : plain
  const child = spawn(command, wrapped, {
    cwd: dir,
    env: { HOME: dir, XDG_CACHE_HOME: join(dir, '.cache'), CI: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  if (child.pid !== undefined) onStart?.(child.pid)
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {} // it has ended by itself
  }
  const timer = setTimeout(kill, LIMIT_MS)
  signal.addEventListener('abort', kill, { once: true })
  let error: PnpmExit['error'] = null
  let stderr = ''
  child.stdout.resume()
  // The report comes on stderr, between whatever else is said there.
  createInterface({ input: child.stderr }).on('line', (text) => {
    const json = parseJson(text)
    if (json === undefined) stderr = `${stderr}${text}\n`.slice(-STDERR_TAIL)
    const line = lineSchema.safeParse(json)
    if (!line.success) return
    if ('level' in line.data) {
      error ??= { code: line.data.code ?? '', message: line.data.message ?? '' }
    }
    onLine(line.data)
  })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    signal.throwIfAborted()
    return { code, error, stderr }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', kill)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
