import { diff3Merge } from 'node-diff3'

export interface Merged {
  text: string
  /** Places where both sides changed the same lines; there `text` has yours. */
  conflicts: number
}

/** A line-wise three-way merge: what only one side changed is taken, where both did yours stands and is counted. */
export function mergeSources(base: string | null, yours: string, theirs: string): Merged {
  if (base === null) return { text: yours, conflicts: yours === theirs ? 0 : 1 }
  const split = (text: string) => text.split(/\r?\n/)
  let conflicts = 0
  const lines = diff3Merge(split(yours), split(base), split(theirs), { excludeFalseConflicts: true }).flatMap(
    (region) => {
      if (region.ok) return region.ok
      conflicts++
      return region.conflict?.a ?? []
    },
  )
  return { text: lines.join('\n'), conflicts }
}
