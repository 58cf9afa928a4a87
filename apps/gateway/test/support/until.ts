import { setTimeout as wait } from 'node:timers/promises'

/** Polls a condition until it holds; the test's own timeout is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(5)
}
