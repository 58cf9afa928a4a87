/** All that other packages may know of the api: its types. They import it with `import type`. */
export type { AppRouter } from './routers/app-router.ts'
