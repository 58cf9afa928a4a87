import type { AppDoc } from '../mongo/documents.ts'
import type { SideRuntimes } from '../reconciler/side-runtimes.ts'
import { notFound } from '../refusal.ts'
import { DebugSession } from './debug-session.ts'

/** The debug sessions whose events this process sends; they end with it. */
export class DebugSessions {
  #sides: SideRuntimes
  #idleMs: number
  #sessions = new Map<string, DebugSession>()

  constructor(sides: SideRuntimes, idleMs: number) {
    this.#sides = sides
    this.#idleMs = idleMs
  }

  /**
   * Starts a debug runtime for one person.
   * @returns the session, for its reader to dispose of
   */
  async start(app: AppDoc, userId: string, signal: AbortSignal): Promise<DebugSession & AsyncDisposable> {
    const side = await this.#sides.start(app, { purpose: 'debug' }, signal)
    const session = new DebugSession(side, userId, this.#idleMs)
    this.#sessions.set(session.id, session)
    session.ended.addEventListener('abort', () => this.#sessions.delete(session.id))
    return session
  }

  /** @throws Refusal NOT_FOUND for a session that has ended, and for one of another person or app */
  of(sessionId: string, appid: string, userId: string): DebugSession {
    const session = this.#sessions.get(sessionId)
    if (session?.side.appid !== appid || session.userId !== userId) {
      throw notFound('debug session', sessionId)
    }
    return session
  }
}
