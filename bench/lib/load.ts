import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export type Target = { path: string } | { port: number; host: string }

export interface LoadPlan {
  target: Target
  /** The Host field. */
  host: string
  method: string
  path: string
  /** What is sent: bytes, or a JSON object of that size. */
  body: { kind: 'json' | 'bytes'; bytes: number } | null
  connections: number
  seconds: number
  /** Requests per second, evenly spaced; null sends as fast as answers come. */
  rate: number | null
}

export interface LoadResult {
  requests: number
  errors: number
  seconds: number
  p50Ms: number
  p99Ms: number
}

const GENERATOR = fileURLToPath(new URL('../load-generator.ts', import.meta.url))

/** Sends load from a process of its own. */
export async function load(plan: LoadPlan): Promise<LoadResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [GENERATOR, JSON.stringify(plan)])
  return JSON.parse(stdout)
}
