import { LOAD_TEST_FILES } from './load-hook.ts'

// The one "file" that Node's test runner is given: importing it loads the app's own.
await (globalThis as Record<symbol, () => Promise<void>>)[LOAD_TEST_FILES]!()
