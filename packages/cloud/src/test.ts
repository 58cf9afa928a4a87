import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect'
import type { Expect } from './expect.ts'
import { host } from './host.ts'

export type { Expect, Matchers } from './expect.ts'

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin)

/**
 * Says what a value has to be: `expect(answer.status).toBe(200)`. The matchers of Jest and Vitest, and Chai's chains.
 */
export const expect: Expect = chai.expect as unknown as Expect

/**
 * Calls a function of this app over HTTP, drafts included, inside the test's own runtime: no visitor and no published
 * function is touched.
 * @param path address under the app, e.g. `/users/list?page=2`
 * @param init as for `fetch`
 */
export function request(path: string, init?: RequestInit): Promise<Response> {
  const { request: send } = host()
  if (!send) throw new Error('request works only in files of tests')
  return send(path, init)
}
