import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DraftQueue, type Saved, type SaveFailure } from '../src/editor/draft-queue.ts'
import type { MergeRequest } from '../src/stores/drafts.ts'

const saved: Saved = {
  draftVersion: 2,
  liveRevision: 1,
  draftDiffers: true,
  updatedAt: '2026-01-01T00:00:00.000Z',
}

/** A queue over a server whose answers the test gives one by one. */
function setUp() {
  const sent: { source: string; base: number; version: number; answer: (failure?: SaveFailure) => void }[] =
    []
  let local: string | null = null
  const states: string[] = []
  const queue = new DraftQueue('old', 1, 1, {
    save: (source, base, version) =>
      new Promise((resolve, reject) => {
        sent.push({
          source,
          base,
          version,
          answer: (failure) => (failure ? reject(failure) : resolve(saved)),
        })
      }),
    classify: (error) => error as SaveFailure,
    keepLocal: (source) => {
      local = source
    },
    dropLocal: () => {
      local = null
    },
    onState: (state) => states.push(state),
    onSaved: () => {},
  })
  return { queue, sent, states, local: () => local }
}

const settle = () => vi.advanceTimersByTimeAsync(0)
const merge: MergeRequest = {
  name: 'fn',
  kind: 'publish',
  draftVersion: 1,
  details: {
    name: 'fn',
    baseRevision: 1,
    liveRevision: 2,
    yours: 'a',
    theirs: 'b',
    base: 'old',
    author: null,
  },
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('saving drafts', () => {
  test('waits until typing rests, then sends the newest text once', async () => {
    const { queue, sent } = setUp()
    for (const text of ['a', 'ab', 'abc']) {
      queue.edit(text)
      await vi.advanceTimersByTimeAsync(300)
    }
    expect(sent).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(300)
    expect(sent.map((s) => s.source)).toEqual(['abc'])
    sent[0]?.answer()
    await settle()
    expect(queue.state).toBe('saved')
  })

  test('never has two saves under way, and the newest text is the last one sent', async () => {
    const { queue, sent } = setUp()
    queue.edit('a')
    void queue.flush()
    await settle()
    queue.edit('ab')
    await vi.advanceTimersByTimeAsync(5000)
    expect(sent.map((s) => s.source)).toEqual(['a'])
    sent[0]?.answer()
    await vi.advanceTimersByTimeAsync(600)
    expect(sent.map((s) => s.source)).toEqual(['a', 'ab'])
    // The second builds on what the first became.
    expect(sent.map((s) => s.version)).toEqual([1, 2])
    sent[1]?.answer()
    await settle()
    expect(queue.state).toBe('saved')
  })

  test('text that went back to what the server has is not sent', async () => {
    const { queue, sent, local } = setUp()
    queue.edit('a')
    queue.edit('old')
    await vi.advanceTimersByTimeAsync(5000)
    expect(sent).toHaveLength(0)
    expect(queue.state).toBe('saved')
    expect(local()).toBeNull()
  })

  test('offline it keeps the text here and tries again until the server has it', async () => {
    const { queue, sent, local } = setUp()
    queue.edit('a')
    await vi.advanceTimersByTimeAsync(600)
    sent[0]?.answer({ kind: 'offline' })
    await settle()
    expect(queue.state).toBe('offline')
    expect(local()).toBe('a')
    await vi.advanceTimersByTimeAsync(1000)
    sent[1]?.answer({ kind: 'offline' })
    await vi.advanceTimersByTimeAsync(2000)
    expect(sent).toHaveLength(3)
    sent[2]?.answer()
    await settle()
    expect(queue.state).toBe('saved')
    expect(local()).toBeNull()
  })

  test('a conflict stops saving but keeps every further edit here', async () => {
    const { queue, sent, local } = setUp()
    queue.edit('a')
    await vi.advanceTimersByTimeAsync(600)
    sent[0]?.answer({ kind: 'conflict', merge })
    await settle()
    queue.edit('ab')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent).toHaveLength(1)
    expect(queue.state).toBe('conflict')
    expect(local()).toBe('ab')
  })

  test('after the merge it saves on the new base', async () => {
    const { queue, sent } = setUp()
    queue.edit('a')
    await vi.advanceTimersByTimeAsync(600)
    sent[0]?.answer({ kind: 'conflict', merge })
    await settle()
    queue.rebase('old', 2)
    queue.edit('merged')
    await vi.advanceTimersByTimeAsync(600)
    expect(sent[1]).toMatchObject({ source: 'merged', base: 2 })
  })

  test('a publish during a save makes that save’s refusal void', async () => {
    const { queue, sent } = setUp()
    queue.edit('a')
    await vi.advanceTimersByTimeAsync(600)
    queue.rebase('a', 2)
    sent[0]?.answer({ kind: 'conflict', merge })
    await settle()
    expect(queue.state).toBe('saved')
  })

  test('idle stops what was to be sent, resume takes it up', async () => {
    const { queue, sent } = setUp()
    queue.edit('a')
    await queue.idle()
    await vi.advanceTimersByTimeAsync(5000)
    expect(sent).toHaveLength(0)
    queue.resume()
    await vi.advanceTimersByTimeAsync(600)
    expect(sent).toHaveLength(1)
  })

  test('keep leaves nothing behind when all is saved', () => {
    const { queue, local } = setUp()
    queue.keep()
    expect(local()).toBeNull()
    queue.edit('a')
    queue.keep()
    expect(local()).toBe('a')
  })
})
