import { create } from 'zustand'
import { persist } from 'zustand/middleware'

/** What runs of drafts are measured for; with nothing of it they cost nothing extra. */
export interface Measures {
  coverage: boolean
  profile: boolean
}

/** What a person wants to know of runs of drafts. */
export const useMeasures = create<Measures>()(
  persist((): Measures => ({ coverage: false, profile: false }), { name: 'lathe:measures' }),
)
