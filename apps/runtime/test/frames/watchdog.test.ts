import { carryByFrames } from '../support/runtime-process.ts'

carryByFrames()
await import('../watchdog.test.ts')
