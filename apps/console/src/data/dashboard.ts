import type { DashboardApp, DashboardEvent } from '@lathe/shared'
import { useEffect } from 'react'
import { create } from 'zustand'
import { errorIsFinal } from './errors.ts'
import { api } from './trpc.ts'

const RETRY_MS = [1000, 2000, 5000, 10_000]

type Parts = Required<Omit<DashboardEvent, 'apps' | 'gone'>>

export interface Board extends Parts {
  /** Whose it is; null while nothing is known. */
  teamId: string | null
  apps: DashboardApp[]
  /** Whether what is shown is what is: the stream is open. */
  live: boolean
  error: unknown
}

const nothing: Board = {
  teamId: null,
  apps: [],
  failing: [],
  slow: [],
  p95: null,
  people: [],
  activity: [],
  live: false,
  error: null,
}

/** The followed team as it is now. */
export const useBoard = create<Board>()(() => nothing)

/** Follows a team by one stream, which is opened again where it breaks; the page never asks. */
export function useFollowDashboard(teamId: string | undefined): void {
  useEffect(() => {
    if (teamId === undefined) return
    let closed = false
    let failures = 0
    let retry: ReturnType<typeof setTimeout> | undefined
    let stop = () => {}
    if (useBoard.getState().teamId !== teamId) useBoard.setState(nothing)
    const connect = () => {
      let isFirst = true
      const again = (error: unknown) => {
        if (closed) return
        useBoard.setState({ live: false, error })
        if (errorIsFinal(error)) return
        clearTimeout(retry)
        retry = setTimeout(connect, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)])
      }
      const subscription = api.dashboard.follow.subscribe(
        { teamId },
        {
          onData: (event) => {
            failures = 0
            useBoard.setState((board) => withEvent(board, teamId, event, isFirst))
            isFirst = false
          },
          onError: again,
          onComplete: () => again(null),
        },
      )
      stop = () => subscription.unsubscribe()
    }
    connect()
    return () => {
      closed = true
      clearTimeout(retry)
      stop()
    }
  }, [teamId])
}

/** A board with an event laid over it; a stream's first one has everything. */
export function withEvent(board: Board, teamId: string, event: DashboardEvent, isFirst: boolean): Board {
  const { apps, gone, ...parts } = event
  const left = new Set([...gone, ...apps.map(({ appid }) => appid)])
  const kept = isFirst ? [] : board.apps.filter(({ appid }) => !left.has(appid))
  return { ...board, ...parts, apps: [...kept, ...apps], teamId, live: true, error: null }
}
