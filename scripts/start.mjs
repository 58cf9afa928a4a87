// `npm start`: installs and builds what is missing, then runs the supervisor under Node 26 until a signal comes.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fail, prepare, root, toolEnv } from './lib/prepare.mjs'

try {
  await prepare()
  const supervisor = spawn('node', [join(root, 'apps/supervisor/dist/main.js')], {
    // Settings hold for the folder in which the command was given.
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: toolEnv,
    // The IPC channel is a lifeline: when this process dies, however it does, the supervisor sees it close.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => supervisor.kill(signal))
  supervisor.on('error', fail)
  supervisor.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0)
  })
} catch (error) {
  fail(error)
}
