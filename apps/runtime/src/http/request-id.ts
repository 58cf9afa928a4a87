import { randomUUID } from 'node:crypto'

const process = randomUUID().slice(0, 18)
let count = 0

/** An id for a request that the gateway has not named: unique, and cheaper than a random one each time. */
export function newRequestId(): string {
  return `${process}-${(++count).toString(36)}`
}
