import { carryByFrames } from '../support/runtime-process.ts'

carryByFrames()
await import('../faults.test.ts')
