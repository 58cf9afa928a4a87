export { type Cloud, cloud as default } from './cloud.ts'
export type * from './context.ts'
