/**
 * Runs mongosh (from npm) and Debian's python3-pymongo against the built server: `node on-demand/shells.ts`. Not part of
 * the tests, because neither comes with the packages. Ends with code 1 when one of them finds a fault.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { startTestServer } from '../test/support.ts'

const here = import.meta.dirname

async function run(name: string, command: string, args: string[]): Promise<boolean> {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const [code] = await once(child, 'exit')
  console.log(code === 0 ? `${name}: ok` : `${name}: ended with code ${code}`)
  return code === 0
}

await using server = await startTestServer()
const url = server.url()
const results = [
  await run('pymongo', '/usr/bin/python3', [join(here, 'pymongo-check.py'), url]),
  await run('mongosh', 'npx', ['--yes', 'mongosh', url, '--quiet', '--file', join(here, 'mongosh-check.js')]),
]
process.exitCode = results.every(Boolean) ? 0 : 1
