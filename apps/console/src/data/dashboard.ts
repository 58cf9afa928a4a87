import type { DashboardApp, DashboardEvent } from '@lathe/shared'
import { useEffect } from 'react'
import { create } from 'zustand'
import { errorIsFinal } from './errors.ts'
import { follow } from './follow.ts'
import { api } from './trpc.ts'

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
    if (useBoard.getState().teamId !== teamId) useBoard.setState(nothing)
    return follow(({ heard, lost }) => {
      let isFirst = true
      return api.dashboard.follow.subscribe(
        { teamId },
        {
          onData: (event) => {
            heard()
            useBoard.setState((board) => withEvent(board, teamId, event, isFirst))
            isFirst = false
          },
          onError: (error) => {
            useBoard.setState({ live: false, error })
            if (!errorIsFinal(error)) lost()
          },
          onComplete: () => {
            useBoard.setState({ live: false, error: null })
            lost()
          },
        },
      )
    })
  }, [teamId])
}

/** A board with an event laid over it; a stream's first one has everything. */
export function withEvent(board: Board, teamId: string, event: DashboardEvent, isFirst: boolean): Board {
  const { apps, gone, ...parts } = event
  const left = new Set([...gone, ...apps.map(({ appid }) => appid)])
  const kept = isFirst ? [] : board.apps.filter(({ appid }) => !left.has(appid))
  return { ...board, ...parts, apps: [...kept, ...apps], teamId, live: true, error: null }
}
