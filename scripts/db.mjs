// `npm run db -- check|backup|dump|restore`: installs and builds what is missing, then runs the embedded database's tool.
import { join } from 'node:path'
import { fail, prepare, root, run, toolEnv } from './lib/prepare.mjs'

try {
  await prepare()
  const tool = join(root, 'packages/embedded-mongo/dist/db.js')
  const env = { ...toolEnv, INIT_CWD: process.env.INIT_CWD ?? process.cwd() }
  await run('node', [tool, ...process.argv.slice(2)], { env })
} catch (error) {
  fail(error)
}
