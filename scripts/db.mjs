// `npm run db -- check|backup|dump|restore`: installs and builds what is missing, then runs the embedded database's tool.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fail, prepare, root, toolEnv } from './lib/prepare.mjs'

try {
  await prepare()
  const tool = join(root, 'packages/embedded-mongo/dist/db.js')
  const child = spawn('node', [tool, ...process.argv.slice(2)], {
    // Paths are meant from the folder in which the command was given.
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: toolEnv,
    stdio: 'inherit',
  })
  child.on('error', fail)
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
} catch (error) {
  fail(error)
}
