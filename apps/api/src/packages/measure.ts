import { spawn } from 'node:child_process'
import { z } from 'zod'
import { type Command, inBubblewrap } from './sandbox.ts'

const LIMIT_MS = 20_000
const OUTPUT_MAX = 100_000
const MARK = '\u0000lathe-measured:'

/** Runs in the throwaway process; `-` and the package's name come as arguments. */
const PROGRAM = `
const name = process.argv.at(-1)
const before = process.memoryUsage().rss
const start = performance.now()
await import(name)
const ms = performance.now() - start
const bytes = Math.max(0, process.memoryUsage().rss - before)
process.stdout.write('\\n\\0lathe-measured:' + JSON.stringify({ ms, bytes }) + '\\n', () => process.exit(0))
`

const measuredSchema = z.object({ ms: z.number().nonnegative(), bytes: z.number().nonnegative() })
export type Measured = z.infer<typeof measuredSchema>

/**
 * What importing a package takes, in a process of its own that can read the app's packages and nothing else: no
 * network, no writing, no child processes.
 * @param generationDir folder of the generation; @param root the app's packages folder
 * @returns null when the package cannot be imported there
 */
export async function measureImport(
  name: string,
  generationDir: string,
  root: string,
  bubblewrap: boolean,
): Promise<Measured | null> {
  const plain: Command = {
    command: process.execPath,
    args: [
      '--permission',
      `--allow-fs-read=${root}`,
      '--max-old-space-size=256',
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '--eval',
      PROGRAM,
      '--',
      name,
    ],
  }
  const walls = { readable: [root], writable: [], network: false }
  const { command, args } = bubblewrap ? inBubblewrap(plain, walls, generationDir) : plain
  const child = spawn(command, [...args], {
    cwd: generationDir,
    env: {},
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-OUTPUT_MAX)
  })
  await new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('close', () => resolve())
  })
  const line = output.split('\n').findLast((text) => text.startsWith(MARK))
  if (line === undefined) return null
  const parsed = measuredSchema.safeParse(JSON.parse(line.slice(MARK.length)))
  return parsed.success ? parsed.data : null
}
