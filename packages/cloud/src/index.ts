export { type Cloud, cloud as default } from './cloud.ts'
export type * from './context.ts'
export type { LafFetch, LafRequest, LafResponse, LafStorage } from './laf.ts'
