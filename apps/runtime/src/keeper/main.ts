import { workerData } from 'node:worker_threads'
import type { KeeperData } from '../bridge/protocol.ts'
import { Keeper } from './keeper.ts'
import { endWithParent } from './parent.ts'

endWithParent()
new Keeper(workerData as KeeperData).start()
