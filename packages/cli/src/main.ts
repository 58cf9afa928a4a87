#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { type Command, commands } from './command.ts'

const common = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const

function help(): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(9)} ${summary}`)
  return `lathe <command> [options]\n\n${rows.join('\n')}\n\n  --json    answer as JSON    --help    about a command\n\nIn CI, set LATHE_URL and LATHE_TOKEN.\nExit codes: 0 done, 1 refused or failed, 2 wrong usage.\n`
}

async function main(argv: string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help())
    return name === undefined ? 2 : 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) return wrong(`There is no command ${name}. See lathe --help.`)
  let parsed: ReturnType<typeof parsedArgs>
  try {
    parsed = parsedArgs(command, rest)
  } catch (error) {
    return wrong(`${(error as Error).message}\nlathe ${name} ${command.usage}`)
  }
  const { values, positionals } = parsed
  if (values.help) {
    process.stdout.write(`lathe ${name} ${command.usage}\n\n${command.summary}.\n`)
    return 0
  }
  const extra = positionals[command.words ?? 0]
  if (extra !== undefined) return wrong(`What is ${extra}?\nlathe ${name} ${command.usage}`)
  try {
    const { run } = await command.load()
    const code = await run({
      words: positionals,
      options: values,
      answer: (data, text) =>
        void process.stdout.write(values.json ? `${JSON.stringify(data)}\n` : text && `${text}\n`),
    })
    return typeof code === 'number' ? code : 0
  } catch (error) {
    return failed(error, values.json === true)
  }
}

function parsedArgs({ options }: Command, args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    options: { ...options, ...common },
    allowPositionals: true,
  })
  return { values: values as Record<string, string | boolean | undefined>, positionals }
}

function wrong(message: string): number {
  process.stderr.write(`${message}\n`)
  return 2
}

async function failed(error: unknown, asJson: boolean): Promise<number> {
  const { UsageError } = await import('./usage-error.ts')
  const { ApiError } = await import('./api.ts')
  const isWrong = error instanceof UsageError
  const isSystem = error instanceof Error && 'syscall' in error
  // Whatever else is a fault of this program: its stack is what a report of it needs.
  if (!isWrong && !isSystem && !(error instanceof ApiError)) throw error
  const reason = isWrong ? 'USAGE' : error instanceof ApiError ? error.reason : 'FILE'
  const details = error instanceof ApiError ? error.details : null
  const { message } = error
  process.stderr.write(asJson ? `${JSON.stringify({ reason, message, details })}\n` : `${message}\n`)
  return isWrong ? 2 : 1
}

// `lathe logs | head`: whoever reads has enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await main(process.argv.slice(2))
