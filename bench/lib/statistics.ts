/** The value below which a share of the samples lies (nearest rank). */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5)
}

/**
 * Measures several things in turns, so that what the machine does meanwhile meets all of them alike.
 * @param measure called once per round for each; the order rotates
 * @returns each one's results, in order of the rounds
 */
export async function interleave<T, R>(
  rounds: number,
  things: readonly T[],
  measure: (thing: T, round: number) => Promise<R>,
): Promise<Map<T, R[]>> {
  const results = new Map<T, R[]>(things.map((thing) => [thing, []]))
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < things.length; i++) {
      const thing = things[(i + round) % things.length]!
      results.get(thing)!.push(await measure(thing, round))
    }
  }
  return results
}
