/** Lines of V8's and Node's own that say nothing of the app: collections of garbage, and native frames. */
const NOISE = /^(\s*\d+: 0x|\[\d+:0x|<--- |----- Native stack trace|\s*$)/

/** Why a runtime ended, for a person: how, and what it said last. */
export function exitMessage({ how, stderr }: { how: string; stderr: string }): string {
  const outOfMemory = stderr.includes('JavaScript heap out of memory')
  const ended = outOfMemory ? `ran out of memory (${how})` : `ended (${how})`
  const said = stderr.split('\n').filter((line) => !NOISE.test(line))
  return [`The runtime ${ended}.`, ...said].join('\n')
}
