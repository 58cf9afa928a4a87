import { readToolConfig } from '../config.ts'
import { runDb } from './command.ts'
import { ToolError } from './tool-error.ts'

try {
  const ok = await runDb(process.argv.slice(2), {
    ...readToolConfig(process.env),
    cwd: process.cwd(),
    print: (line) => console.log(line),
  })
  process.exitCode = ok ? 0 : 1
} catch (error) {
  console.error(error instanceof ToolError ? error.message : error)
  process.exitCode = 1
}
