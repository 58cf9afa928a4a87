import { create } from 'zustand'

/** Pages that have something to tell ask for the toasts; until then their code is not loaded. */
export const useToasts = create<{ wanted: boolean }>()(() => ({ wanted: false }))

/** Which of the two lists over the page is open. */
export const usePalette = create<{
  mode: 'commands' | 'functions' | 'help' | null
  actions: { open: (mode: 'commands' | 'functions' | 'help') => void; close: () => void }
}>()((set) => ({
  mode: null,
  actions: {
    open: (mode) => set({ mode }),
    close: () => set({ mode: null }),
  },
}))
