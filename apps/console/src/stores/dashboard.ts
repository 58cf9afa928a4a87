import { create } from 'zustand'
import { persist } from 'zustand/middleware'

interface DashboardChoices {
  look: 'cards' | 'table'
  /** Appids that stand first. */
  pinned: string[]
  actions: {
    setLook: (look: 'cards' | 'table') => void
    togglePin: (appid: string) => void
  }
}

/** How a person wants to see the apps, in this browser. */
export const useDashboardChoices = create<DashboardChoices>()(
  persist(
    (set) => ({
      look: 'cards',
      pinned: [],
      actions: {
        setLook: (look) => set({ look }),
        togglePin: (appid) =>
          set(({ pinned }) => ({
            pinned: pinned.includes(appid) ? pinned.filter((one) => one !== appid) : [...pinned, appid],
          })),
      },
    }),
    { name: 'lathe:dashboard', partialize: ({ actions: _, ...chosen }) => chosen },
  ),
)
