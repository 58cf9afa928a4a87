import type { GapId, Isolation } from '@lathe/shared'

/** One try of an app's code to get at what is not its own. */
export interface Attempt {
  name: string
  /**
   * The body of an async function that knows `at` (a `Target`), `ctx` and `cloud`. What it returns is its loot; nothing,
   * null or false is none. It would have some if nothing stood in its way: the test runs it without walls, too.
   */
  code: string
  /** What must not happen. */
  never: string
  /**
   * `walls`: of the process, so that it succeeds where there are none. `platform`: what it talks to refuses it, with or
   * without walls. `system`: bubblewrap denies it even without Node's permission model.
   */
  denied: 'walls' | 'platform' | 'system'
  /** Where this cannot be denied: the row of `knownGaps` that says so. The test expects that it does succeed there. */
  gap?: Partial<Record<Isolation, GapId>>
  /** The time limit of the function; the platform's default else. */
  timeoutMs?: number
}

/** Where the attempts find what they are after. */
export interface Target {
  /** The attacker's own folder. */
  own: string
  /** Its runtime's socket. */
  socket: string
  victim: { appid: string; dir: string; pid: number; socket: string; database: string; url: string }
  /** A file of the platform that may get lost. */
  decoy: string
  /** A file of a package that both apps have: one file on disk. */
  packageFile: string
  /** A native addon in the attacker's folder. */
  addon: string
  data: string
  apiSocket: string
  controlSocket: string
  apiPid: number
  /** A folder outside of everything that the attacker owns. */
  outside: string
  /** The gateway's port on loopback. */
  port: number
  /** Secrets written from the end, so that looking for them does not make them be there. */
  backwards: string[]
}

/** A function that makes the attempt and answers `{loot}` or `{denied}`. */
export function attemptSource({ code }: Attempt): string {
  return `// @ts-nocheck
import cloud from '@lathe/cloud'
const attempt = async (at, ctx) => {
${code}
}
export default async (ctx) => {
  try {
    const loot = await attempt(ctx.body, ctx)
    return loot === undefined || loot === null || loot === false ? { denied: 'nothing' } : { loot: shown(loot) }
  } catch (error) {
    return { denied: String(error?.code ?? error?.message ?? error) }
  }
}
function shown(loot) {
  return (Buffer.isBuffer(loot) ? loot.toString('latin1') : typeof loot === 'string' ? loot : String(JSON.stringify(loot) ?? loot)).slice(0, 100_000)
}
`
}

/** The same for a Node process without the platform: \`node bare.mjs <target as JSON>\` prints the answer. */
export function bareSource({ code }: Attempt): string {
  return `import { writeSync } from 'node:fs'
const at = JSON.parse(process.argv[2])
const attempt = async (ctx) => {
${code}
}
const answer = (what) => { writeSync(1, JSON.stringify(what)); process.exit(0) }
try {
  const loot = await attempt()
  if (loot === undefined || loot === null || loot === false) answer({ denied: 'nothing' })
  answer({ loot: true })
} catch (error) {
  answer({ denied: String(error?.code ?? error?.message ?? error) })
}
`
}
