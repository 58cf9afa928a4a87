import type { Cloud } from './cloud.ts'
import type { FunctionContext as Context } from './context.ts'

// The types of `@lafjs/cloud`: all of `@lathe/cloud`, and the names that only Laf has.
export { type Cloud, cloud as default } from './cloud.ts'
export type * from './context.ts'
export type { LafFetch, LafRequest, LafResponse, LafStorage } from './laf.ts'

export type CloudSdkInterface = Cloud
export type MongoDriverObject = Cloud['mongo']
export type InvokeFunctionType = Cloud['invoke']
export type GetTokenFunctionType = Cloud['getToken']
export type ParseTokenFunctionType = Cloud['parseToken']

declare global {
  /** Laf's functions name it without importing it. */
  // biome-ignore lint/suspicious/noExplicitAny: a body is whatever the visitor sent.
  type FunctionContext<Body = any> = Context<Body>
}
