import { create } from 'zustand'
import { persist } from 'zustand/middleware'

interface ChosenTeam {
  /** Null until somebody chooses: then it is the personal team. */
  teamId: string | null
  choose: (teamId: string) => void
}

/** The team whose apps and people this browser looks at. */
export const useChosenTeam = create<ChosenTeam>()(
  persist((set) => ({ teamId: null, choose: (teamId) => set({ teamId }) }), {
    name: 'lathe:team',
    partialize: ({ teamId }) => ({ teamId }),
  }),
)
