import { carryByFrames } from '../support/runtime-process.ts'

carryByFrames()
await import('../contract.test.ts')
