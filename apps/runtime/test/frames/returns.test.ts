import { carryByFrames } from '../support/runtime-process.ts'

carryByFrames()
await import('../returns.test.ts')
