import { parentPort } from 'node:worker_threads'
import { checkAll } from './check.ts'
import type { Question } from './judge.ts'

parentPort?.on('message', ({ response, expectations }: Question) => {
  parentPort?.postMessage(checkAll(response, expectations))
})
