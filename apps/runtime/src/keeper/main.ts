import { parentPort, workerData } from 'node:worker_threads'
import type { KeeperData } from '../bridge/protocol.ts'
import { takeEnv } from '../config/env.ts'
import { Keeper } from './keeper.ts'
import { endWithParent } from './parent.ts'

const { env, port, shared } = workerData as KeeperData
if (env) {
  endWithParent()
  new Keeper(env, port, shared).start()
} else {
  endWithParent((line) => {
    const told = takeEnv(JSON.parse(line))
    parentPort!.postMessage({ ...told, LATHE_INSTANCE_TOKEN: '' })
    new Keeper(told, port, shared).start()
  })
  parentPort!.postMessage('waiting')
}
