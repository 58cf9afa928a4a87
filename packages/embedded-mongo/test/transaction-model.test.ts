/**
 * Interleaved transactions against a model of snapshot isolation in which the first writer wins: what each one reads, who
 * is refused and what is there in the end is determined, step by step. Whoever reads only what it also writes is
 * serialisable then, in the order of the commits.
 */
import fc from 'fast-check'
import type { ClientSession, Collection, MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startTestServer } from './support.ts'

interface Row {
  _id: number
  n: number
}

const DOCUMENTS = [0, 1, 2]
let server: Server
let client: MongoClient
let c: Collection<Row>
beforeAll(async () => {
  server = await startTestServer({ env: { LATHE_MONGO_SYNCHRONOUS: 'NORMAL' } })
  client = await server.client()
  c = client.db('model').collection<Row>('c')
})
afterAll(() => server[Symbol.asyncDispose]())

interface Modelled {
  readonly session: ClientSession
  snapshot: number[]
  versions: number[]
  writes: Map<number, number>
}

class Model {
  /** What is committed, and how often each document has changed. */
  readonly state = DOCUMENTS.map(() => 0)
  readonly versions = DOCUMENTS.map(() => 0)
  readonly open = new Map<number, Modelled>()

  read(t: Modelled, d: number): number {
    return t.writes.get(d) ?? t.snapshot[d]!
  }
  /** Whether `t` may write `d`: nobody else has it in hand, and it is as it was in the snapshot. */
  mayWrite(t: Modelled, d: number): boolean {
    const held = [...this.open.values()].some((other) => other !== t && other.writes.has(d))
    return t.writes.has(d) || (!held && this.versions[d] === t.versions[d])
  }
  mayCommit(t: Modelled): boolean {
    return [...t.writes.keys()].every((d) => this.versions[d] === t.versions[d])
  }
  put(d: number, n: number): void {
    this.state[d] = n
    this.versions[d]! += 1
  }
}

type Step = { who: number; what: 'read' | 'add' | 'commit' | 'abort' | 'outside'; document: number }
const step: fc.Arbitrary<Step> = fc.record({
  who: fc.nat(2),
  what: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Step['what']>('read', 'add') },
    { weight: 2, arbitrary: fc.constantFrom<Step['what']>('commit') },
    { weight: 1, arbitrary: fc.constantFrom<Step['what']>('abort', 'outside') },
  ),
  document: fc.constantFrom(...DOCUMENTS),
})

async function conflicts(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => false,
    (error) => {
      expect(error).toMatchObject({ code: 112 })
      expect(error.hasErrorLabel('TransientTransactionError')).toBe(true)
      return true
    },
  )
}

async function begin(model: Model, who: number): Promise<Modelled> {
  const session = client.startSession()
  session.startTransaction()
  const t = { session, snapshot: [...model.state], versions: [...model.versions], writes: new Map() }
  model.open.set(who, t)
  // The snapshot is taken with the first statement.
  await c.findOne({ _id: 0 }, { session })
  return t
}

async function take(model: Model, { who, what, document }: Step): Promise<void> {
  if (what === 'outside') {
    await c.updateOne({ _id: document }, { $inc: { n: 100 } })
    model.put(document, model.state[document]! + 100)
    return
  }
  const known = model.open.get(who)
  if (!known && (what === 'commit' || what === 'abort')) return
  const t = known ?? (await begin(model, who))
  const { session } = t
  const finish = async () => {
    model.open.delete(who)
    await session.endSession()
  }
  if (what === 'read') {
    expect((await c.findOne({ _id: document }, { session }))?.n).toBe(model.read(t, document))
    const all = await c.find({ n: { $gte: 0 } }, { session, sort: { _id: 1 } }).toArray()
    expect(all.map((d) => d.n)).toEqual(DOCUMENTS.map((d) => model.read(t, d)))
  } else if (what === 'add') {
    const refused = await conflicts(c.updateOne({ _id: document }, { $inc: { n: 1 } }, { session }))
    expect(refused).toBe(!model.mayWrite(t, document))
    if (refused) await finish()
    else t.writes.set(document, model.read(t, document) + 1)
  } else if (what === 'abort') {
    await session.abortTransaction()
    await finish()
  } else {
    const refused = await conflicts(session.commitTransaction())
    expect(refused).toBe(!model.mayCommit(t))
    if (!refused) for (const [d, n] of t.writes) model.put(d, n)
    await finish()
  }
}

test('every interleaving of transactions reads, conflicts and ends as snapshot isolation has it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      await c.deleteMany({})
      await c.insertMany(DOCUMENTS.map((_id) => ({ _id, n: 0 })))
      const model = new Model()
      try {
        for (const s of steps) await take(model, s)
        const stored = await c.find().sort({ _id: 1 }).toArray()
        expect(stored.map((d) => d.n)).toEqual(model.state)
      } finally {
        for (const { session } of model.open.values()) await session.endSession()
      }
    }),
    { numRuns: 60 },
  )
})
